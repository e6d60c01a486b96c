"""Transitions: what is listed happens with history, what is not is refused and changes nothing."""

import pytest

from change_tracker.core.errors import IllegalMoveError, MoveRefusedError, StaleRowError
from change_tracker.core.models import AuditEvent
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Person
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_listed_move_writes_state_version_and_history(lead: Person) -> None:
    initiative = factories.make_initiative(state="active")

    INITIATIVE.move(initiative, to="on_hold", actor=lead.user, now=NOW, reason="Budget")

    assert (initiative.state, initiative.version) == ("on_hold", 2)
    event = AuditEvent.objects.get()
    assert (event.from_state, event.to_state, event.reason) == ("active", "on_hold", "Budget")
    assert (event.scope, event.actor_label) == (f"initiative:{initiative.pk}", "priya")


def test_an_unlisted_move_is_refused(lead: Person) -> None:
    initiative = factories.make_initiative(state="active")

    with pytest.raises(IllegalMoveError):
        INITIATIVE.move(initiative, to="draft", actor=lead.user, now=NOW)

    assert not AuditEvent.objects.exists()


def test_a_missing_reason_is_refused(lead: Person) -> None:
    initiative = factories.make_initiative(state="active")

    with pytest.raises(MoveRefusedError, match="reason"):
        INITIATIVE.move(initiative, to="cancelled", actor=lead.user, now=NOW, reason=" ")


def test_a_row_that_left_its_state_meanwhile_is_stale(lead: Person) -> None:
    initiative = factories.make_initiative(state="active")
    Initiative.objects.filter(pk=initiative.pk).update(state="on_hold")

    with pytest.raises(StaleRowError):
        INITIATIVE.move(initiative, to="on_hold", actor=lead.user, now=NOW)

    assert not AuditEvent.objects.exists()


def test_many_rows_move_at_once_with_an_event_each() -> None:
    rows = [factories.make_initiative(state=state) for state in ("active", "active", "closed")]

    moved = INITIATIVE.move_many(Initiative.objects.all(), to="on_hold", actor=None, now=NOW)

    assert sorted(moved) == sorted(row.pk for row in rows[:2])
    assert AuditEvent.objects.filter(to_state="on_hold").count() == 2
