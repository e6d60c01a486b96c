"""Moving an initiative: every move of the table, every guard, and no move beside it."""

from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from change_tracker.core.errors import IllegalMoveError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.core.states import Guard, Move
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import move_initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Person
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.tables import (
    asking,
    guarded,
    has_moved,
    listed,
    name_of,
    no_way,
    obstacles,
    put,
    reason_for,
    refused,
    unlisted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(lead: Person, sponsor: Person, employee: Person) -> Initiative:
    """An initiative in which no guard stands in the way."""
    initiative = factories.make_initiative(
        lead=lead,
        sponsor=sponsor,
        group=factories.make_audience(employee),
        state="draft",
        go_live_on=TODAY,
        closing_note="We learnt to ask first.",
    )
    source = factories.make_source(initiative)
    factories.make_action(initiative, sources=[source], state="cancelled")
    return initiative


#: How each guard is made to stand in the way.
BREAKS: dict[str, Callable[[Initiative], Any]] = {
    "has": lambda row: row.members.all().delete(),
    "has_objective": lambda row: row.objectives.all().delete(),
    "has_affected_group": lambda row: row.affected_groups.all().delete(),
    "is_live": lambda row: put(row, row.state, go_live_on=date(2026, 11, 19)),
    "has_closing_note": lambda row: put(row, row.state, closing_note=" "),
    "leaves_no_open_action": lambda row: factories.make_action(row, state="blocked"),
}


def move(row: Initiative, to: str, reason: str = "", **values: Any) -> Initiative:
    by = {"actor": None} | values
    return move_initiative(row, to=to, now=NOW, reason=reason, **by)


@pytest.mark.parametrize("step", listed(INITIATIVE))
def test_every_listed_move_happens_with_history(
    step: Move, ready: Initiative, lead: Person
) -> None:
    put(ready, step.source)

    move(ready, step.target, reason_for(step), actor=lead.user)

    has_moved(ready, step, lead.user, ready.audit_scope)


@pytest.mark.parametrize(("source", "target"), unlisted(INITIATIVE))
def test_every_other_move_is_refused(source: str, target: str, ready: Initiative) -> None:
    put(ready, source)

    with refused(ready, IllegalMoveError, no_way(INITIATIVE, source, target)):
        move(ready, target, "Because")


@pytest.mark.parametrize(("step", "guard"), guarded(INITIATIVE))
def test_every_guard_stands_in_the_way(step: Move, guard: Guard, ready: Initiative) -> None:
    put(ready, step.source)
    BREAKS[name_of(guard)](ready)

    with refused(ready, MoveRefusedError, *obstacles(INITIATIVE, ready, step, guard)):
        move(ready, step.target, reason_for(step))


@pytest.mark.parametrize("step", asking(INITIATIVE))
def test_where_a_reason_is_asked_for_none_is_refused(step: Move, ready: Initiative) -> None:
    put(ready, step.source)

    with refused(ready, MoveRefusedError, "Give a reason."):
        move(ready, step.target)


@pytest.mark.parametrize(
    ("role", "message"), [("sponsor", "Name a sponsor"), ("lead", "Name a lead")]
)
def test_a_missing_role_is_named(role: str, message: str, ready: Initiative) -> None:
    ready.members.filter(role=role).delete()

    with pytest.raises(MoveRefusedError, match=message):
        move(ready, "active")


def test_the_closing_note_may_come_with_the_move(ready: Initiative) -> None:
    put(ready, "sustaining", closing_note="")

    move(ready, "closed", closing_note="Next time we start with the night shift.")

    ready.refresh_from_db()
    assert ready.closing_note.startswith("Next time")
    assert AuditEvent.objects.get().changes == {"closing_note": "…"}


def test_the_lead_moves_it_through_the_api(
    ready: Initiative, lead: Person, sponsor: Person, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/initiatives/{ready.pk}/move/"

    assert sign_in.api(sponsor).post(url, {"to": "active"}).status_code == 403
    response = sign_in.api(lead).post(url, {"to": "active"})

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert response.json()["moves"] == ["sustaining", "on_hold", "cancelled"]


def test_a_refusal_is_a_problem_that_says_what_is_missing(
    ready: Initiative, lead: Person, sign_in: SignIn
) -> None:
    ready.objectives.all().delete()
    url = f"/change/api/v1/initiatives/{ready.pk}/move/"

    response = sign_in.api(lead).post(url, {"to": "active"})

    assert response.status_code == 409
    assert response.json()["code"] == "move_refused"
    assert response.json()["title"] == "Add at least one objective first."
    assert sign_in.api(lead).post(url, {"to": "nowhere"}).json()["code"] == "illegal_move"
    assert sign_in.api(lead).post(url, {}).status_code == 400


def test_a_day_of_go_live_that_was_moved_meanwhile_counts(ready: Initiative) -> None:
    put(ready, "active")
    Initiative.objects.filter(pk=ready.pk).update(go_live_on=date(2027, 3, 1))

    with pytest.raises(MoveRefusedError):
        move(ready, "sustaining")


@pytest.mark.parametrize("role", ["lead", "sponsor"])
def test_nothing_is_published_whose_lead_or_sponsor_has_left(role: str, ready: Initiative) -> None:
    carrying = ready.members.get(role=role).person
    carrying.ends_on = date(2026, 11, 17)
    carrying.save()

    with pytest.raises(MoveRefusedError):
        move(ready, "active")


def test_drafts_that_were_given_up_before_there_was_a_mark_get_it(lead: Person) -> None:
    draft, running = (factories.make_initiative(lead=lead, state=s) for s in ("draft", "active"))
    for each in (draft, running):
        move_initiative(each, to="cancelled", actor=lead.user, now=NOW, reason="Not now.")
    Initiative.objects.update(is_withheld=False)

    migration: Any = import_module("change_tracker.migrations.0008_drafts_given_up")
    migration.withhold_what_was_given_up(apps, None)

    assert list(Initiative.objects.filter(is_withheld=True)) == [draft]
