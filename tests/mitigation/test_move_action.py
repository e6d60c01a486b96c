"""Moving an action: every move of the table, every guard, and no move beside it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from change_tracker.core.errors import IllegalMoveError, MoveRefusedError
from change_tracker.core.states import Guard, Move
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, move_action
from change_tracker.mitigation.states import ACTION
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

DONE_ON = date(2026, 11, 10)


def prepare(action: MitigationAction, state: str) -> MitigationAction:
    """Set the action down so that no guard stands in the way."""
    put(action, state, done_on=DONE_ON)
    factories.make_review(action.sources.get(), 2, reviewed_on=date(2026, 11, 11))
    return action


def reviewed_on_the_day_itself(action: MitigationAction) -> None:
    put(action, action.state, done_on=date(2026, 11, 11))


#: How each guard is made to stand in the way.
BREAKS: dict[str, Callable[[MitigationAction], Any]] = {
    "is_reviewed_since": reviewed_on_the_day_itself,
    "names_two_units": lambda row: put(row, row.state, kind="collaboration"),
    "initiative_runs": lambda row: put(row.initiative, "closed"),
}


def move(row: MitigationAction, to: str, reason: str = "", actor: Any = None) -> MitigationAction:
    return move_action(row, to=to, actor=actor, now=NOW, reason=reason)


@pytest.mark.parametrize("step", listed(ACTION))
def test_every_listed_move_happens_with_history(
    step: Move, action: MitigationAction, lead: Person
) -> None:
    prepare(action, step.source)

    move(action, step.target, reason_for(step), lead.user)

    has_moved(action, step, lead.user, action.initiative.audit_scope)


@pytest.mark.parametrize(("origin", "target"), unlisted(ACTION))
def test_every_other_move_is_refused(origin: str, target: str, action: MitigationAction) -> None:
    prepare(action, origin)

    with refused(action, IllegalMoveError, no_way(ACTION, origin, target)):
        move(action, target, "Because")


@pytest.mark.parametrize(("step", "guard"), guarded(ACTION))
def test_every_guard_stands_in_the_way(step: Move, guard: Guard, action: MitigationAction) -> None:
    prepare(action, step.source)
    BREAKS[name_of(guard)](action)

    with refused(action, MoveRefusedError, *obstacles(ACTION, action, step, guard)):
        move(action, step.target, reason_for(step))


@pytest.mark.parametrize("step", asking(ACTION))
def test_where_a_reason_is_asked_for_none_is_refused(step: Move, action: MitigationAction) -> None:
    prepare(action, step.source)

    with refused(action, MoveRefusedError, "Give a reason."):
        move(action, step.target)


def test_done_keeps_the_day_and_taking_it_up_again_forgets_it(action: MitigationAction) -> None:
    put(action, "in_progress")

    move(action, "done")
    assert action.done_on == TODAY

    put(action, "ineffective")
    move(action, "in_progress")
    assert action.done_on is None


@pytest.mark.parametrize("verdict", ["effective", "ineffective"])
def test_a_verdict_that_was_a_mistake_is_given_anew(verdict: str, action: MitigationAction) -> None:
    prepare(action, verdict)
    other = {"effective": "ineffective", "ineffective": "effective"}[verdict]

    move(action, "done")
    asked_again = (action.done_on, action.due_revision)
    move(action, other)

    assert asked_again == (DONE_ON, 1)
    assert (action.state, action.done_on) == (other, DONE_ON)


def test_whether_it_worked_needs_a_look_after_it_was_done(action: MitigationAction) -> None:
    put(action, "done", done_on=TODAY)
    foreign = factories.make_source(action.initiative)
    factories.make_review(foreign, 1, reviewed_on=date(2026, 11, 19))
    factories.make_review(action.sources.get(), 1, reviewed_on=TODAY)

    with pytest.raises(MoveRefusedError, match="Review the resistance"):
        move(action, "effective")


def test_guards_look_at_the_kind_that_somebody_else_has_given_it_meanwhile(
    action: MitigationAction,
) -> None:
    again = MitigationAction.objects.get()
    change_action(again, strategy=None, kind="collaboration", actor=None, now=NOW)

    with pytest.raises(MoveRefusedError, match="two units"):
        move(action, "in_progress")


def test_a_host_hears_how_it_ended(
    action: MitigationAction,
    heard: list[tuple[int, str]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    prepare(action, "in_progress")
    with django_capture_on_commit_callbacks(execute=True):
        move(action, "done")
    assert heard == []

    put(action, "done", done_on=DONE_ON)
    with django_capture_on_commit_callbacks(execute=True):
        move(action, "effective")

    assert heard == [(action.pk, "effective")]


def test_the_owner_moves_it_through_the_api(
    action: MitigationAction, agent: Person, sponsor: Person, sign_in: SignIn
) -> None:
    url = f"/change/api/v1/actions/{action.pk}/move/"

    assert sign_in.api(sponsor).post(url, {"to": "in_progress"}).status_code == 403
    response = sign_in.api(agent).post(url, {"to": "in_progress"})

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert response.json()["moves"] == ["done", "blocked", "cancelled"]
    refused = sign_in.api(agent).post(url, {"to": "blocked"})
    assert (refused.status_code, refused.json()["title"]) == (409, "Give a reason.")
