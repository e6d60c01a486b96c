"""First and last days count when they come, also when nobody touches a row."""

from datetime import timedelta

import pytest

from change_tracker.people.models import Person, ReportingLine
from change_tracker.people.services.calendar import follow_calendar
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


def test_a_last_day_that_has_passed_withdraws_training_and_membership(
    manager: Person, employee: Person
) -> None:
    audience = factories.make_audience(employee, unit=employee.unit)
    enrolment = factories.make_enrolment(factories.make_plan(factories.make_initiative()), employee)
    Person.objects.filter(pk=employee.pk).update(ends_on=TODAY)

    on_the_day = follow_calendar(today=TODAY, now=NOW)
    the_day_after = follow_calendar(today=TOMORROW, now=NOW)
    again = follow_calendar(today=TOMORROW, now=NOW)

    assert (on_the_day, again) == ([], [])
    assert [list(change.left) for change in the_day_after] == [[employee.pk]]
    assert not audience.members.filter(is_open=True).exists()
    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"


def test_a_manager_who_has_left_hands_the_team_up(manager: Person, employee: Person) -> None:
    Person.objects.filter(pk=manager.pk).update(ends_on=TODAY)
    assert ReportingLine.objects.filter(manager=manager, person=employee).exists()

    follow_calendar(today=TOMORROW, now=NOW)

    assert not ReportingLine.objects.filter(manager=manager).exists()


def test_whoever_begins_joins_on_the_first_day() -> None:
    unit = factories.make_unit()
    audience = factories.make_audience(unit=unit)
    factories.make_person("Bo", unit=unit, starts_on=TOMORROW)

    assert follow_calendar(today=TODAY, now=NOW) == []
    follow_calendar(today=TOMORROW, now=NOW)

    assert audience.members.get().joined_on == TOMORROW


def test_after_a_long_outage_those_who_left_meanwhile_are_found(employee: Person) -> None:
    enrolment = factories.make_enrolment(factories.make_plan(factories.make_initiative()), employee)
    left_on = TODAY - timedelta(days=40)
    Person.objects.filter(pk=employee.pk).update(ends_on=left_on)

    follow_calendar(today=TODAY, now=NOW, last_run=left_on)

    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"
