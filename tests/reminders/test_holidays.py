"""No reminder leaves on a holiday, and asking for the list costs the same for many."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.people.models import Holiday, Person
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def tick(now: Any = NOW) -> int:
    plan_reminders(now=now)
    return drain(clock=at(now)).sent


def test_what_falls_due_on_a_holiday_leaves_on_the_next_working_day(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    Holiday.objects.create(day=TODAY, name="Repentance Day")

    assert tick() == 0
    assert Digest.objects.get().local_on == TODAY + DAY
    assert tick(NOW + DAY) == 1
    assert Reminder.objects.get().state == "sent"


def test_a_notice_does_not_expire_over_long_holidays(employee: Person, sink: Sink) -> None:
    for number in range(10):
        Holiday.objects.create(day=TODAY + number * DAY, name="Works holidays")
    enrol(employee, due_on=date(2027, 1, 29), assigned_on=TODAY)

    tick()

    assert tick(NOW + 10 * DAY) == 0  # a Saturday
    assert tick(NOW + 12 * DAY) == 1


def test_many_reminders_ask_for_the_list_as_often_as_one() -> None:
    def asked(people: int) -> int:
        for _ in range(people):
            enrol(factories.make_person())
        with CaptureQueriesContext(connection) as queries:
            plan_reminders(now=NOW)
        return len([each for each in queries if "holiday" in each["sql"]])

    assert asked(1) == asked(20) > 0
