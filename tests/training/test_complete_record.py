"""Marking work as done."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.signals import training_completed
from change_tracker.training.errors import NotOpenError
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import complete_record, withdraw_enrolment
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(employee: Person) -> Enrolment:
    plan = factories.make_plan(factories.make_initiative(), items=2)
    return factories.make_enrolment(plan, employee)


def complete(record: TrainingRecord, by: Person, **options: Any) -> TrainingRecord:
    assert by.user is not None
    return complete_record(record=record, actor=by.user, **{"today": TODAY, "now": NOW} | options)


def records(enrolment: Enrolment) -> list[TrainingRecord]:
    return list(enrolment.records.order_by("pk"))


def test_it_is_done_today_unless_said_otherwise(enrolment: Enrolment, employee: Person) -> None:
    record = complete(records(enrolment)[0], employee)

    assert (record.state, record.completed_on, record.completed_at) == ("completed", TODAY, NOW)
    assert record.completed_by == employee
    event = AuditEvent.objects.get()
    assert (event.object_type, event.to_state) == ("trainingrecord", "completed")


def test_doing_it_twice_keeps_the_first_time(enrolment: Enrolment, employee: Person) -> None:
    record = complete(records(enrolment)[0], employee)

    again = complete(record, employee, now=NOW + timedelta(days=1), today=TODAY + timedelta(days=1))

    assert (again.completed_at, again.completed_on, again.version) == (NOW, TODAY, record.version)
    assert AuditEvent.objects.count() == 1


def test_credit_from_before_the_assignment_counts(enrolment: Enrolment, employee: Person) -> None:
    day = date(2026, 1, 5)

    assert complete(records(enrolment)[0], employee, completed_on=day).completed_on == day


def test_nobody_was_done_tomorrow(enrolment: Enrolment, employee: Person) -> None:
    with pytest.raises(ValidationError, match="future"):
        complete(records(enrolment)[0], employee, completed_on=TODAY + timedelta(days=1))


def test_the_enrolment_is_done_with_its_last_required_record(
    enrolment: Enrolment, employee: Person
) -> None:
    first, last = records(enrolment)

    assert complete(first, employee).enrolment.state == "active"
    assert complete(last, employee).enrolment.state == "completed"


def test_optional_items_do_not_hold_the_enrolment_open(employee: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=2)
    plan.items.filter(position=2).update(is_required=False)
    enrolment = factories.make_enrolment(plan, employee)

    assert complete(records(enrolment)[0], employee).enrolment.state == "completed"


def test_what_is_no_longer_asked_for_cannot_be_done(enrolment: Enrolment, employee: Person) -> None:
    withdraw_enrolment(enrolment=enrolment, reason="x", actor=None, today=TODAY, now=NOW)

    with pytest.raises(NotOpenError):
        complete(records(enrolment)[0], employee)


def test_a_row_read_before_somebody_else_finished_it_is_not_written_again(
    enrolment: Enrolment, employee: Person, hr: Person
) -> None:
    stale = records(enrolment)[0]
    complete(records(enrolment)[0], employee)

    assert complete(stale, hr).completed_by == employee


def test_listeners_hear_of_it_once(
    enrolment: Enrolment, employee: Person, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []

    def listen(sender: object, record: TrainingRecord, **_: Any) -> None:
        heard.append(record.pk)

    training_completed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record = complete(records(enrolment)[0], employee)
            complete(record, employee)
    finally:
        training_completed.disconnect(listen)

    assert heard == [record.pk]
