"""What would leave is what leaves."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from change_tracker.people.models import Person
from change_tracker.reminders.clock import database_now
from change_tracker.reminders.forecast import forecast
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import set_preference
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_what_is_foreseen_for_two_weeks_is_what_then_happens_and_nothing_is_written(
    employee: Person, outsider: Person, mailoutbox: list[object]
) -> None:
    set_preference(person=outsider, actor=None, now=NOW, cadence="weekly", weekdays="4")
    for person, due in ((employee, 8), (outsider, 2), (employee, -1)):
        enrol(person, due_on=TODAY + due * DAY, assigned_on=TODAY)

    foreseen = forecast(now=NOW, days=14)

    assert not Reminder.objects.exists()
    assert not Digest.objects.exists()
    assert not mailoutbox
    for days in range(15):
        plan_reminders(now=NOW + days * DAY)
        drain(clock=at(NOW + days * DAY))
    sent = Reminder.objects.filter(state="sent").values_list("dedupe_key", "digest__local_on")
    assert {(each.reminder.dedupe_key, each.leaves_at.date()) for each in foreseen} == set(sent)
    assert len(foreseen) >= 6


def test_the_command_says_it_and_sends_nothing(
    employee: Person, manager: Person, outsider: Person, mailoutbox: list[object]
) -> None:
    today = database_now().date()
    for person in (employee, manager):
        enrol(person, due_on=today - 5 * DAY, assigned_on=today - 30 * DAY)
    said, nothing = StringIO(), StringIO()

    call_command(
        "send_reminders", "--dry-run", "--days", "7", "--person", employee.external_id, stdout=said
    )
    call_command("send_reminders", "--dry-run", "--person", outsider.external_id, stdout=nothing)

    lines = said.getvalue().splitlines()
    assert lines
    assert all(f"{employee.display_name}: training late" in each for each in lines)
    assert nothing.getvalue() == "Nothing would leave.\n"
    assert not mailoutbox
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--dry-run", "--person", "nobody"), "Nobody has the key “nobody”"),
        (("--dry-run", "--days", "-3"), "between 0 and 366"),
        (("--dry-run", "--days", "99999999999"), "between 0 and 366"),
        (("--days", "14"), "without it, mails leave"),
        (("--person", "{key}"), "without it, mails leave"),
        (("--loop", "--interval", "nan"), "above 0"),
        (("--loop", "--interval", "-1"), "above 0"),
    ],
)
def test_what_was_meant_to_look_sends_nothing_and_what_cannot_be_is_refused(
    arguments: tuple[str, ...], why: str, employee: Person, mailoutbox: list[object]
) -> None:
    today = database_now().date()
    enrol(employee, due_on=today - 5 * DAY, assigned_on=today - 30 * DAY)
    given = [each.format(key=employee.external_id) for each in arguments]

    with pytest.raises(CommandError, match=why):
        call_command("send_reminders", *given)

    assert not mailoutbox
    assert not Reminder.objects.exists()
