"""`?include=`: the chain from concern to review, as far as one may read, at constant cost."""

from typing import Any

import pytest

from change_tracker.core import neighbours
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost

pytestmark = pytest.mark.django_db
API = "/change/api/v1"
#: From where, and to what.
CHAIN = {
    "resistance": ("reviews", "actions", "plans", "concerns"),
    "actions": ("sources", "plans", "concerns"),
    "plans": ("sources", "actions", "people"),
    "feedback": ("sources", "actions"),
}


@pytest.fixture
def chain(lead: Person, employee: Person, sponsor: Person) -> dict[str, Any]:
    """One of each, joined from concern to review; the row of each address of the API."""
    group = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor, group=group)
    return {"initiative": initiative, "group": group} | links(initiative, group, employee, lead)


def links(initiative: Initiative, group: Any, employee: Person, lead: Person) -> dict[str, Any]:
    source = factories.make_source(initiative, statement="Our jobs go next.")
    factories.make_review(source, 4, reviewer=lead)
    action = factories.make_action(
        initiative, sources=[source], audiences=[group], state="effective", done_on=factories.TODAY
    )
    plan = factories.make_plan(initiative, action=action)
    plan.sources.set([source])
    factories.make_enrolment(plan, employee)
    item = factories.make_feedback(initiative, employee, source=source, action=action)
    return {"resistance": source, "actions": action, "plans": plan, "feedback": item}


def included(client: Any, address: str, row: Any, names: str) -> dict[str, Any]:
    answer = client.get(f"{API}/{address}/{row.pk}/?include={names}")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json()["included"])


def test_the_chain_leads_on_from_every_record_in_both_directions(
    chain: dict[str, Any], lead: Person, employee: Person, sign_in: SignIn
) -> None:
    client, rows = sign_in.api(lead), chain
    found = {
        address: included(client, address, rows[address], ",".join(names))
        for address, names in CHAIN.items()
    }

    assert all(near["total"] == 1 for some in found.values() for near in some.values())
    source = {"id": rows["resistance"].pk, "statement": "Our jobs go next.", "state": "identified"}
    action = {"id": rows["actions"].pk, "title": "Town hall", "state": "effective"}
    people = found["plans"]["people"]["rows"]
    for address in ("actions", "plans", "feedback"):
        assert found[address]["sources"]["rows"] == [source]
    for address in ("resistance", "plans", "feedback"):
        assert found[address]["actions"]["rows"] == [action]
    assert [each["level"] for each in found["resistance"]["reviews"]["rows"]] == [4]
    assert [each["name"] for each in people] == [employee.display_name]
    assert found["resistance"]["concerns"]["rows"][0]["id"] == rows["feedback"].pk


def test_nobody_is_led_to_what_they_may_not_read(
    chain: dict[str, Any], employee: Person, sponsor: Person, hr: Person, sign_in: SignIn
) -> None:
    touched, steering, staff = (sign_in.api(who) for who in (employee, sponsor, hr))

    own = included(touched, "feedback", chain["feedback"], "sources,actions")
    assert own["sources"] == {"total": 0, "rows": []}
    # Whether it worked is for those who work on it.
    assert own["actions"]["rows"][0]["state"] == "done"
    assert included(staff, "actions", chain["actions"], "sources")["sources"]["total"] == 0
    heard = included(steering, "resistance", chain["resistance"], "concerns")
    assert heard["concerns"]["total"] == 0


def test_an_unknown_neighbour_is_refused_with_those_there_are(
    chain: dict[str, Any], lead: Person, sign_in: SignIn
) -> None:
    answer = sign_in.api(lead).get(f"{API}/actions/?include=plans,salaries")

    assert answer.status_code == 400
    assert "sources, plans, concerns" in str(answer.json())


def test_a_list_costs_one_query_for_each_name_and_names_a_bounded_number(
    chain: dict[str, Any],
    lead: Person,
    employee: Person,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbours, "MOST", 2)
    client = sign_in.api(lead)
    queries = {
        address: [
            cost(client, f"{API}/{address}/", {"include": ",".join(names)} if names else {})
            for names in ((), CHAIN[address])
        ]
        for address in CHAIN
    }
    for _ in range(4):
        links(chain["initiative"], chain["group"], employee, lead)
        factories.make_action(chain["initiative"], sources=[chain["resistance"]])

    for address, names in CHAIN.items():
        before, with_them = queries[address]
        assert with_them == before + len(names)
        assert cost(client, f"{API}/{address}/", {"include": ",".join(names)}) == with_them
    actions = included(client, "resistance", chain["resistance"], "actions")["actions"]
    assert (actions["total"], len(actions["rows"])) == (5, 2)
    assert actions["rows"][0]["id"] > actions["rows"][1]["id"] > chain["actions"].pk
