"""Whatever held a mail up: it leaves on a day and at an hour of its recipient, or it waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.people.models import Absence, Holiday, Person
from change_tracker.reminders.attempts import Drained
from change_tracker.reminders.claim import claim_digests
from change_tracker.reminders.mailwords import ask_for_test
from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.prepare import known_at, prepare
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import set_preference
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol
from tests.reminders.sink import Sink

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRIDAY = NOW + 2 * DAY
#: Eight o'clock of the Monday after.
MONDAY = FRIDAY + 3 * DAY - HOUR


def owe(person: Person, now: datetime = FRIDAY) -> None:
    """A reminder of what is due in a week, which expires three days after its morning."""
    enrol(person, due_on=now.date() + 7 * DAY)
    plan_reminders(now=now)


def test_a_retry_waits_for_the_end_of_the_weekend_and_uses_up_no_attempt(
    employee: Person, sink: Sink
) -> None:
    owe(employee)
    sink.answer = "451 later"
    assert drain(clock=at(FRIDAY)).deferred == 1
    sink.answer = "250 OK"

    saturday = drain(clock=at(FRIDAY + DAY))

    assert (saturday.sent, saturday.released) == (0, 1)
    digest = Digest.objects.get()
    assert (digest.state, digest.available_at, digest.attempts) == ("pending", MONDAY, 1)
    assert Attempt.objects.count() == 1
    # Without the wait it would have expired in that moment.
    assert drain(clock=at(MONDAY)).sent == 1
    assert Reminder.objects.get().state == "sent"


def test_a_pause_that_ends_by_night_lets_nothing_leave_before_the_morning(
    employee: Person, sink: Sink
) -> None:
    owe(employee)
    ends_at = FRIDAY.replace(hour=2) + DAY
    ChannelPause.objects.create(channel="email", until=ends_at)

    drain(clock=at(FRIDAY))
    assert Digest.objects.get().available_at == ends_at
    assert drain(clock=at(ends_at)).sent == 0

    assert Digest.objects.get().available_at == MONDAY


def test_a_holiday_that_is_entered_late_counts(employee: Person, sink: Sink) -> None:
    owe(employee, NOW)
    Holiday.objects.create(day=TODAY, name="Repentance Day")

    assert drain(clock=at()).sent == 0

    assert Digest.objects.get().available_at == NOW + DAY - HOUR


@pytest.mark.parametrize(
    ("zone", "from_hour", "now", "leaves_at"),
    [
        ("", None, 3, 8),
        ("", None, 8, None),
        # A mail that was late all day leaves in the evening, too.
        ("", None, 23, None),
        ("", 15, 9, 15),
        ("America/New_York", None, 9, 13),
    ],
)
def test_after_an_outage_the_hour_is_the_recipients(
    employee: Person, sink: Sink, zone: str, from_hour: int | None, now: int, leaves_at: int | None
) -> None:
    Person.objects.filter(pk=employee.pk).update(timezone=zone)
    set_preference(person=employee, actor=None, now=NOW, from_hour=from_hour)
    owe(employee, NOW)
    tomorrow = NOW.replace(hour=now) + DAY

    done = drain(clock=at(tomorrow))

    assert done.sent == (leaves_at is None)
    if leaves_at is not None:
        assert Digest.objects.get().available_at == tomorrow.replace(hour=leaves_at)


def test_no_cadence_and_no_absence_makes_it_wait_for_longer_than_needed(
    employee: Person, manager: Person, sink: Sink
) -> None:
    set_preference(person=employee, actor=None, now=NOW, cadence="weekly", weekdays="4")
    owe(employee)
    owe(manager)
    Absence.objects.create(person=manager, from_on=MONDAY.date(), to_on=MONDAY.date() + 30 * DAY)

    drain(clock=at(FRIDAY + DAY))

    assert set(Digest.objects.values_list("available_at", flat=True)) == {MONDAY}
    # Then the one who is away is waited for, and nothing of it expires.
    assert drain(clock=at(MONDAY)).sent == 1
    assert Reminder.objects.get(recipient=manager).state == "planned"


def test_a_test_that_was_asked_for_keeps_no_hours(lead: Person, sink: Sink) -> None:
    initiative = factories.make_initiative(lead=lead)
    saturday = FRIDAY.replace(hour=2) + DAY
    user: Any = lead.user
    ask_for_test(initiative=initiative, occasion="new", language="en", actor=user, now=saturday)

    assert drain(clock=at(saturday)).sent == 1


def test_any_number_waits_with_the_same_queries() -> None:
    counts: list[Any] = []
    for people in (2, 9):
        plan = factories.make_plan(factories.make_initiative())
        for _ in range(people):
            enrol(factories.make_person(), plan=plan, due_on=FRIDAY.date() + 7 * DAY)
        plan_reminders(now=FRIDAY)
        saturday = FRIDAY + DAY
        claims, known = claim_digests(now=saturday, size=people), known_at(saturday)
        with CaptureQueriesContext(connection) as queries:
            assert prepare(claims, now=saturday, done=Drained(), known=known) == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
