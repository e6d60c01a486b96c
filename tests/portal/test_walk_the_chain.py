"""From any record one step along the chain, on its page and in the API, in both directions."""

import re
from typing import Any

import pytest

from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

#: From which record to which others a page leads, in the order of the chain.
PAGES = {
    "concern": ("entry", "action"),
    "entry": ("concern", "action", "plan", "strategy"),
    "action": ("concern", "entry", "plan", "strategy"),
    "plan": ("entry", "action", "person"),
    "person": ("plan",),
    "strategy": ("entry", "action"),
}


@pytest.fixture
def urls(lead: Person, employee: Person, sponsor: Person) -> dict[str, str]:
    """One record of each kind, joined from concern to review: where its page is."""
    group = factories.make_audience(employee)
    initiative = factories.make_initiative(lead=lead, sponsor=sponsor, group=group, slug="door")
    strategy = factories.make_strategy(label="Say what stays", action_kind="training")
    kind = factories.make_source_type()
    kind.recommendations.create(strategy=strategy, basis="stated")
    source = factories.make_source(initiative, statement="Our jobs go next.", type=kind)
    factories.make_review(source, 4, reviewer=lead, reviewed_on=TODAY)
    action = factories.make_action(
        initiative, sources=[source], strategy=strategy, kind="training", audiences=[group]
    )
    plan = factories.make_plan(initiative, action=action)
    plan.sources.set([source])
    enrolment = factories.make_enrolment(plan, employee)
    concern = factories.make_feedback(initiative, employee, source=source, action=action)
    at = "/change/i/door"
    return {
        "concern": f"{at}/concerns/{concern.pk}/",
        "entry": f"{at}/resistance/{source.pk}/",
        "action": f"{at}/actions/{action.pk}/",
        "plan": f"{at}/training/{plan.pk}/",
        "person": f"{at}/training/{plan.pk}/people/{enrolment.pk}/",
        "strategy": f"/change/catalogue/#strategies-{strategy.slug}",
    }


def links(response: Any) -> set[str]:
    return set(re.findall(r'href="([^"]+)"', response.content.decode()))


@pytest.mark.parametrize("begin", PAGES)
def test_a_page_leads_to_its_neighbours(
    begin: str, urls: dict[str, str], lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.page(lead).get(urls[begin])

    assert response.status_code == 200
    assert [to for to in PAGES[begin] if urls[to] not in links(response)] == []


#: The same for programs, by the addresses of the API.
INCLUDED = {
    "feedback": ("sources", "actions"),
    "resistance": ("concerns", "strategies", "actions", "plans", "reviews"),
    "strategies": ("sources", "actions"),
    "actions": ("concerns", "sources", "strategies", "plans"),
    "plans": ("sources", "actions", "people"),
    "enrolments": ("plans", "actions"),
}


@pytest.mark.parametrize("begin", INCLUDED)
def test_the_api_leads_to_the_same(
    begin: str, urls: dict[str, str], lead: Person, sign_in: SignIn
) -> None:
    client = sign_in.api(lead)
    names = ",".join(INCLUDED[begin])

    row = client.get(f"/change/api/v1/{begin}/?include={names}").json()["results"][0]

    assert {name: near["total"] for name, near in row["included"].items()} == dict.fromkeys(
        INCLUDED[begin], 1
    )


def test_a_page_leads_nowhere_that_its_reader_may_not_go(
    urls: dict[str, str], sponsor: Person, employee: Person, sign_in: SignIn
) -> None:
    steering, touched = sign_in.page(sponsor), sign_in.page(employee)

    seen = {
        each for name in ("entry", "action", "plan") for each in links(steering.get(urls[name]))
    }
    told = links(touched.get(urls["action"]))

    assert urls["concern"] not in seen
    assert {urls[name] for name in ("concern", "entry", "plan")} & told == set()
    for url in (seen | told) & set(urls.values()):
        assert steering.get(url).status_code == 200
