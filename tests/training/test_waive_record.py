"""Exempting somebody from a piece of work."""

import pytest

from change_tracker.core.errors import ForbiddenError, IllegalMoveError, MoveRefusedError
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import complete_record, waive_record
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(employee: Person) -> TrainingRecord:
    plan = factories.make_plan(factories.make_initiative(), items=1)
    return factories.make_enrolment(plan, employee).records.get()


def waive(record: TrainingRecord, by: Person, reason: str = "On leave") -> TrainingRecord:
    assert by.user is not None
    return waive_record(record=record, reason=reason, actor=by.user, today=TODAY, now=NOW)


def test_it_stops_to_count_today_and_the_plan_is_done(record: TrainingRecord, hr: Person) -> None:
    waived = waive(record, hr)

    assert (waived.state, waived.left_on, waived.enrolment.state) == ("waived", TODAY, "completed")
    assert AuditEvent.objects.filter(to_state="waived", reason="On leave").count() == 1


def test_a_reason_is_needed(record: TrainingRecord, hr: Person) -> None:
    with pytest.raises(MoveRefusedError, match="reason"):
        waive(record, hr, reason=" ")


def test_nobody_exempts_themselves(hr: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=1)
    own = factories.make_enrolment(plan, hr).records.get()

    with pytest.raises(ForbiddenError):
        waive(own, hr)


def test_people_without_a_login_can_be_exempted(hr: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=1)
    record = factories.make_enrolment(plan, factories.make_person()).records.get()

    assert waive(record, hr).state == "waived"


def test_doing_it_twice_has_no_effect(record: TrainingRecord, hr: Person) -> None:
    first = waive(record, hr)

    assert waive(first, hr).version == first.version


def test_what_is_done_stays_done(record: TrainingRecord, employee: Person, hr: Person) -> None:
    assert employee.user is not None
    complete_record(record=record, actor=employee.user, today=TODAY, now=NOW)

    with pytest.raises(IllegalMoveError):
        waive(record, hr)
