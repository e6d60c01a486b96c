"""Nobody is written to while they are away: the mail waits for the first working day after."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.people.models import Absence, Person
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.rules import FAR, Window
from change_tracker.reminders.send import drain
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def tick(now: Any = NOW) -> int:
    plan_reminders(now=now)
    return drain(clock=at(now)).sent


def away(person: Person, first: date, last: date) -> None:
    Absence.objects.create(person=person, from_on=first, to_on=last)


@pytest.mark.parametrize(
    ("absences", "leaves"),
    [
        ([], TODAY),
        ([(FRIDAY, FRIDAY)], TODAY),
        ([(TODAY, TODAY)], TODAY + DAY),
        ([(TODAY, FRIDAY)], MONDAY),
        ([(TODAY, TODAY + DAY), (FRIDAY, FRIDAY)], MONDAY),
        ([(TODAY, MONDAY), (TODAY, TODAY + DAY)], MONDAY + DAY),
        ([(TODAY - 9 * DAY, date.max)], FAR),
    ],
)
def test_mail_waits_for_the_first_working_day_after_an_absence(
    absences: list[tuple[date, date]], leaves: date
) -> None:
    assert Window().workday(TODAY, absences) == leaves


def test_what_falls_due_while_somebody_is_away_leaves_when_they_are_back(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    away(employee, TODAY - DAY, FRIDAY)

    assert [tick(), tick(NOW + 2 * DAY), tick(NOW + 3 * DAY)] == [0, 0, 0]
    assert Digest.objects.get().local_on == MONDAY
    assert tick(NOW + 5 * DAY) == 1
    assert Reminder.objects.get().state == "sent"


def test_a_reminder_does_not_expire_while_it_waits_for_somebody(
    employee: Person, sink: Sink
) -> None:
    enrol(employee, due_on=TODAY + 60 * DAY, assigned_on=TODAY)
    away(employee, TODAY, TODAY + 20 * DAY)

    tick()

    assert tick(NOW + 21 * DAY) == 1


def test_after_an_absence_only_the_latest_step_is_told(employee: Person, sink: Sink) -> None:
    enrol(employee)
    away(employee, TODAY, TODAY + 9 * DAY)

    for days in range(10):
        assert tick(NOW + days * DAY) == 0
    # A Saturday and a Sunday lie behind the absence.
    assert tick(NOW + 12 * DAY) == 1
    assert len(sink.mails) == 1
    assert list(Reminder.objects.filter(state="sent").values_list("step", flat=True)) == ["late_4"]


def test_an_absence_that_is_known_late_stops_the_mail_that_is_ready(
    employee: Person, sink: Sink
) -> None:
    enrol(employee)
    plan_reminders(now=NOW)
    away(employee, TODAY, TODAY + DAY)

    assert drain(clock=at()).closed == 1
    assert tick(NOW + DAY) == 0
    assert tick(NOW + 2 * DAY) == 1
    assert [str(mail.to) for mail in sink.mails] == [str((employee.email,))]


def test_colleagues_who_are_here_get_their_mail(
    employee: Person, manager: Person, sink: Sink
) -> None:
    away(employee, TODAY, FRIDAY)
    enrol(employee)
    enrol(manager)

    assert tick() == 1
    assert sink.mails[0].to == (manager.email,)
