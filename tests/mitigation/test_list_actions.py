"""Who reads which actions, in which form, by which filters, and at which cost."""

from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.costs import cost
from tests.tables import put

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/actions/"
INSIDE = {"sources", "strategy", "owner", "owner_name", "outcome", "position", "audiences"}


def found(person: Person, sign_in: SignIn, **query: Any) -> list[Any]:
    response = sign_in.api(person).get(URL, query)
    assert response.status_code == 200
    return list(response.json()["results"])


@pytest.fixture
def touching(action: MitigationAction, group: Audience) -> MitigationAction:
    """An action that turned out to be of no effect, for the employee's group."""
    action.audiences.add(group)
    put(action, "ineffective", done_on=date(2026, 11, 1), outcome="Nobody came.")
    return action


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_those_who_are_touched_read_what_concerns_them_only(
    who: str, touching: MitigationAction, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    reader = request.getfixturevalue(who)

    for shown in (
        found(reader, sign_in)[0],
        sign_in.api(reader).get(f"{URL}{touching.pk}/").json(),
    ):
        assert shown["title"] == "Town hall"
        assert not (INSIDE | {"carried_from"}) & shown.keys()
        assert (shown["state"], shown["moves"]) == ("done", [])


def test_no_filter_tells_what_the_brief_form_leaves_out(
    touching: MitigationAction, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    strategy = factories.make_strategy()
    of_tools = {"kind": "tools", "evaluate_again_on": date(2027, 3, 1)}
    put(touching, touching.state, strategy=strategy, **of_tools)
    query = {
        "owner": touching.owner_id,
        "strategy": strategy.pk,
        "source": touching.sources.get().pk,
        "evaluate_again_to": "2027-03-01",
    }

    for name, value in query.items():
        assert found(employee, sign_in, **{name: value}) == []
        assert len(found(lead, sign_in, **{name: value})) == 1
    assert found(employee, sign_in, state="ineffective") == []
    assert len(found(employee, sign_in, state="done")) == 1
    assert len(found(lead, sign_in, state="ineffective")) == 1
    assert found(lead, sign_in, state="done") == []


def test_human_resources_read_actions_without_their_resistance(
    touching: MitigationAction, hr: Person, sponsor: Person, sign_in: SignIn
) -> None:
    shown = found(hr, sign_in)[0]

    assert (shown["state"], shown["outcome"]) == ("ineffective", "Nobody came.")
    assert "sources" not in shown
    assert found(hr, sign_in, source=touching.sources.get().pk) == []
    assert found(sponsor, sign_in)[0]["sources"] == [touching.sources.get().pk]


def test_who_is_not_touched_reads_nothing(
    touching: MitigationAction,
    initiative: Initiative,
    source: ResistanceSource,
    group: Audience,
    employee: Person,
    outsider: Person,
    sign_in: SignIn,
) -> None:
    factories.make_action(initiative, sources=[source])
    draft = factories.make_initiative(state="draft")
    factories.make_action(draft, audiences=[group])

    assert [row["id"] for row in found(employee, sign_in)] == [touching.pk]
    assert found(outsider, sign_in) == []
    assert sign_in.api(outsider).get(f"{URL}{touching.pk}/").status_code == 404


def test_those_who_are_touched_change_nothing(
    touching: MitigationAction, employee: Person, manager: Person, hr: Person, sign_in: SignIn
) -> None:
    for reader in (employee, manager, hr):
        api = sign_in.api(reader)
        url = f"{URL}{touching.pk}/"
        assert api.patch(url, {"position": 9}).status_code == 403
        assert api.delete(url).status_code == 403
        assert api.post(f"{url}move/", {"to": "in_progress"}).status_code == 403
        assert api.post(f"{url}carry_over/", {"sources": [1]}).status_code == 403


def test_actions_are_filtered(
    action: MitigationAction,
    initiative: Initiative,
    source: ResistanceSource,
    lead: Person,
    sign_in: SignIn,
) -> None:
    other = factories.make_action(
        initiative,
        sources=[source],
        kind="tools",
        due_on=date(2026, 12, 1),
        evaluate_again_on=date(2027, 3, 1),
    )
    factories.make_action(factories.make_initiative(lead=lead))

    def ids(**query: Any) -> list[int]:
        return [row["id"] for row in found(lead, sign_in, **query)]

    assert ids(initiative=initiative.pk) == [other.pk, action.pk]
    assert ids(kind="tools") == [other.pk]
    assert ids(due_from="2026-12-01", due_to="2026-12-01") == [other.pk]
    assert ids(due_to="2026-11-30") == []
    assert ids(evaluate_again_to="2027-03-01") == [other.pk]
    assert ids(evaluate_again_to="2027-02-28") == []
    assert ids(owner=action.owner_id) == [action.pk]
    assert ids(source=source.pk) == [other.pk, action.pk]
    assert ids(state=["done", "blocked"]) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("who", ["lead", "employee"])
def test_a_list_costs_the_same_for_one_ten_and_a_hundred_rows(
    who: str,
    initiative: Initiative,
    source: ResistanceSource,
    group: Audience,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
) -> None:
    reader = request.getfixturevalue(who)
    api = sign_in.api(reader)
    costs = []
    for more in (1, 9, 90):
        for _ in range(more):
            factories.make_action(
                initiative, sources=[source], audiences=[group], owner=factories.make_person()
            )
        costs.append(cost(api, URL, {"page_size": 200}))

    assert costs[0] == costs[1] == costs[2] <= 4
