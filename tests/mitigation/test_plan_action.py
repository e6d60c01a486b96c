"""Planning work against resistance, and changing or deleting the plan of it."""

from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import InitiativeEndedError
from change_tracker.mitigation.errors import ForeignSourceError, KindError, NoSourceError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, plan_action
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.tables import put

pytestmark = pytest.mark.django_db
URL = "/change/api/v1/actions/"
BY: dict[str, Any] = {"actor": None, "now": NOW}


def test_a_suggested_strategy_brings_title_and_kind(
    initiative: Initiative, source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    strategy = factories.make_strategy(label="Celebrate successes", action_kind="recognition")

    response = sign_in.api(lead).post(
        URL,
        {
            "initiative": initiative.pk,
            "sources": [source.pk],
            "strategy": strategy.pk,
            "owner": lead.pk,
            "due_on": "2026-12-01",
            "minutes": 20,
        },
    )

    assert response.status_code == 201
    body = response.json()
    assert (body["title"], body["kind"]) == ("Celebrate successes", "recognition")
    assert (body["state"], body["position"], body["sources"]) == ("planned", 0, [source.pk])
    assert body["moves"] == ["in_progress", "cancelled"]


def test_work_without_a_strategy_says_itself_what_it_is(
    initiative: Initiative, source: ResistanceSource, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    body = {"initiative": initiative.pk, "sources": [source.pk], "title": "Night shift visit"}

    assert api.post(URL, body).json()["errors"].keys() == {"kind"}
    response = api.post(URL, body | {"kind": "leadership"})

    assert (response.status_code, response.json()["strategy"]) == (201, None)


@pytest.mark.parametrize("sources", [None, []])
def test_an_action_answers_something(
    sources: list[int] | None, initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    body: dict[str, Any] = {"initiative": initiative.pk, "title": "Talk", "kind": "coaching"}
    if sources is not None:
        body["sources"] = sources

    response = sign_in.api(lead).post(URL, body)

    assert (response.status_code, response.json()["errors"].keys()) == (400, {"sources"})
    with pytest.raises(NoSourceError):
        plan_action(initiative=initiative, sources=[], title="Talk", kind="coaching", **BY)


def test_resistance_of_another_initiative_is_refused(
    initiative: Initiative, source: ResistanceSource, lead: Person, action: MitigationAction
) -> None:
    foreign = factories.make_source(factories.make_initiative(lead=lead))

    with pytest.raises(ForeignSourceError):
        plan_action(
            initiative=initiative, sources=[source, foreign], title="x", kind="coaching", **BY
        )
    with pytest.raises(ForeignSourceError):
        change_action(action, sources=[foreign], **BY)

    assert MitigationAction.objects.get().sources.get() == source


def test_resistance_that_the_caller_does_not_see_cannot_be_named(
    initiative: Initiative, lead: Person, sign_in: SignIn
) -> None:
    unseen = factories.make_source(factories.make_initiative())
    body = {"initiative": initiative.pk, "sources": [unseen.pk], "title": "x", "kind": "tools"}

    response = sign_in.api(lead).post(URL, body)

    assert (response.status_code, response.json()["errors"].keys()) == (400, {"sources"})


def test_the_kind_of_work_is_that_of_the_strategy(
    initiative: Initiative, source: ResistanceSource, action: MitigationAction
) -> None:
    tools = factories.make_strategy(action_kind="tools")

    with pytest.raises(KindError):
        plan_action(initiative=initiative, sources=[source], strategy=tools, kind="coaching", **BY)
    change_action(action, strategy=tools, **BY)
    assert action.kind == "tools"
    with pytest.raises(KindError):
        change_action(action, kind="coaching", **BY)
    change_action(action, strategy=None, kind="coaching", **BY)
    assert (action.strategy, action.kind) == (None, "coaching")


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_nothing_is_planned_in_an_initiative_that_has_ended(
    state: str, initiative: Initiative, source: ResistanceSource
) -> None:
    put(initiative, state)

    with pytest.raises(InitiativeEndedError):
        plan_action(initiative=initiative, sources=[source], title="x", kind="tools", **BY)


def test_agents_change_their_own_actions_and_no_others(
    action: MitigationAction,
    initiative: Initiative,
    source: ResistanceSource,
    agent: Person,
    sponsor: Person,
    sign_in: SignIn,
) -> None:
    other = factories.make_action(initiative, sources=[source])
    api = sign_in.api(agent)

    response = api.patch(f"{URL}{action.pk}/", {"position": 40}, headers={"If-Match": '"1"'})
    assert (response.status_code, response.json()["position"]) == (200, 40)
    assert api.patch(f"{URL}{other.pk}/", {"position": 40}).status_code == 403
    assert api.delete(f"{URL}{action.pk}/").status_code == 403
    body = {"initiative": initiative.pk, "sources": [source.pk], "title": "x", "kind": "tools"}
    assert api.post(URL, body).status_code == 403
    put(action, "planned", owner=sponsor)
    assert api.patch(f"{URL}{action.pk}/", {"position": 1}).status_code == 403


@pytest.mark.parametrize("position", [-1, 101])
def test_the_hill_has_a_hundred_steps(
    position: int, action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    response = sign_in.api(lead).patch(f"{URL}{action.pk}/", {"position": position})

    assert response.status_code == 400


def test_only_work_that_has_not_begun_is_deleted(
    action: MitigationAction, lead: Person, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    put(action, "in_progress")

    response = api.delete(f"{URL}{action.pk}/")
    assert (response.status_code, response.json()["code"]) == (409, "not_new")

    put(action, "planned")
    assert api.delete(f"{URL}{action.pk}/").status_code == 204
    assert not MitigationAction.objects.exists()


def test_groups_of_the_caller_may_be_named(
    action: MitigationAction, lead: Person, group: Audience, sign_in: SignIn
) -> None:
    api = sign_in.api(lead)
    url = f"{URL}{action.pk}/"

    assert api.patch(url, {"audiences": [group.pk]}).status_code == 400
    factories.make_group(action.initiative, group)
    assert api.patch(url, {"audiences": [group.pk]}).json()["audiences"] == [group.pk]
