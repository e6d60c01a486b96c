"""Taking back what one marked as done."""

from datetime import timedelta

import pytest

from change_tracker.people.models import Person
from change_tracker.training.errors import CannotUndoError
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import (
    complete_record,
    leave_plans,
    undo_completion,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(employee: Person) -> TrainingRecord:
    plan = factories.make_plan(factories.make_initiative(), items=1)
    record = factories.make_enrolment(plan, employee).records.get()
    assert employee.user is not None
    return complete_record(record=record, actor=employee.user, today=TODAY, now=NOW)


def undo(record: TrainingRecord, by: Person, days: int = 0) -> TrainingRecord:
    assert by.user is not None
    later = timedelta(days=days)
    return undo_completion(record=record, actor=by.user, today=TODAY + later, now=NOW + later)


def test_it_is_open_again_and_may_be_reminded_of(done: TrainingRecord, employee: Person) -> None:
    record = undo(done, employee)

    assert (record.state, record.completed_on, record.completed_at) == ("in_progress", None, None)
    assert (record.completed_by, record.due_revision) == (None, 2)
    assert record.enrolment.state == "active"


def test_undoing_twice_has_no_effect(done: TrainingRecord, employee: Person) -> None:
    first = undo(done, employee)

    assert undo(first, employee).version == first.version


def test_only_the_one_who_did_it_takes_it_back(done: TrainingRecord, hr: Person) -> None:
    with pytest.raises(CannotUndoError, match="Only the one"):
        undo(done, hr)


def test_it_can_be_taken_back_for_thirty_days(done: TrainingRecord, employee: Person) -> None:
    with pytest.raises(CannotUndoError, match="too long ago"):
        undo(done, employee, days=31)

    assert undo(done, employee, days=30).is_open()


def test_who_left_the_plan_cannot_open_it_again(done: TrainingRecord, employee: Person) -> None:
    withdraw_enrolment(enrolment=done.enrolment, reason="left", actor=None, today=TODAY, now=NOW)

    with pytest.raises(CannotUndoError):
        undo(done, employee)


def test_who_left_with_everything_done_cannot_open_it_again(
    done: TrainingRecord, employee: Person
) -> None:
    leave_plans(Enrolment.objects.all(), reason="left", actor=None, today=TODAY, now=NOW)

    with pytest.raises(CannotUndoError):
        undo(done, employee)
