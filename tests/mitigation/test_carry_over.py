"""Carrying open work over, so that an initiative can close."""

import pytest

from change_tracker.core.errors import MoveRefusedError, StaleRowError
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import InitiativeEndedError, move_initiative
from change_tracker.mitigation.errors import ForeignSourceError, NotOpenError
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import carry_over, change_action
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import ResistanceSource
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW
from tests.tables import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(lead: Person) -> ResistanceSource:
    """Resistance in another initiative of the same lead."""
    return factories.make_source(factories.make_initiative(lead=lead, title="Next wave"))


def test_work_goes_on_in_another_initiative(
    action: MitigationAction,
    there: ResistanceSource,
    group: Audience,
    lead: Person,
    sign_in: SignIn,
) -> None:
    put(action, "in_progress", position=40)
    action.audiences.add(group)

    response = sign_in.api(lead).post(
        f"/change/api/v1/actions/{action.pk}/carry_over/", {"sources": [there.pk]}
    )

    assert response.status_code == 201
    body = response.json()
    assert (body["initiative"], body["state"]) == (there.initiative_id, "planned")
    assert (body["position"], body["audiences"]) == (40, [group.pk])
    assert body["carried_from"] == action.pk
    action.refresh_from_db()
    assert action.state == "cancelled"


def test_an_initiative_closes_once_its_open_work_is_carried_over(
    action: MitigationAction, there: ResistanceSource, initiative: Initiative, lead: Person
) -> None:
    put(initiative, "sustaining", closing_note="Done.")
    with pytest.raises(MoveRefusedError, match="carry over"):
        move_initiative(initiative, to="closed", actor=lead.user, now=NOW)

    carry_over(action, sources=[there], actor=lead.user, now=NOW)
    move_initiative(initiative, to="closed", actor=lead.user, now=NOW)

    assert initiative.state == "closed"


def test_what_somebody_else_has_changed_meanwhile_is_looked_at_again(
    action: MitigationAction, there: ResistanceSource, lead: Person
) -> None:
    """It would go on there as it was before, with whoever had it before."""
    change_action(MitigationAction.objects.get(), owner=lead, actor=None, now=NOW)

    with pytest.raises(StaleRowError):
        carry_over(action, sources=[there], actor=None, now=NOW)

    assert MitigationAction.objects.get().state == "planned"


@pytest.mark.parametrize("state", ["done", "effective", "cancelled"])
def test_what_has_ended_is_not_carried_over(
    state: str, action: MitigationAction, there: ResistanceSource
) -> None:
    put(action, state, done_on=NOW.date())

    with pytest.raises(NotOpenError):
        carry_over(action, sources=[there], actor=None, now=NOW)

    assert MitigationAction.objects.count() == 1


def test_it_is_carried_to_one_other_initiative_that_runs(
    action: MitigationAction, source: ResistanceSource, there: ResistanceSource
) -> None:
    third = factories.make_source(factories.make_initiative())
    ended = factories.make_source(factories.make_initiative(state="closed"))

    for sources in ([source], [there, source], [there, third]):
        with pytest.raises(ForeignSourceError):
            carry_over(action, sources=sources, actor=None, now=NOW)
    with pytest.raises(InitiativeEndedError):
        carry_over(action, sources=[ended], actor=None, now=NOW)

    action.refresh_from_db()
    assert (action.state, MitigationAction.objects.count()) == ("planned", 1)


def test_only_who_leads_both_carries_over(
    action: MitigationAction, there: ResistanceSource, agent: Person, sign_in: SignIn
) -> None:
    factories.make_role(there.initiative, agent, "change_agent")

    response = sign_in.api(agent).post(
        f"/change/api/v1/actions/{action.pk}/carry_over/", {"sources": [there.pk]}
    )

    assert response.status_code == 403
    action.refresh_from_db()
    assert action.state == "planned"
