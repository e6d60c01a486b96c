"""Mail follows what its recipient wishes, but for the two notices that nobody can silence."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from change_tracker.people.models import Person
from change_tracker.reminders.models import Digest, MailPreference, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.send import drain
from change_tracker.reminders.wishes import be_quiet, set_preference, unsubscribe
from change_tracker.training.models import Session
from change_tracker.training.services import delete_session
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
#: TODAY is a Wednesday.
MONDAY = TODAY + 5 * DAY


def wish(person: Person, **wishes: Any) -> MailPreference:
    return set_preference(person=person, actor=None, now=NOW, **wishes)


def optional(person: Person, due_on: date) -> Any:
    """An enrolment in something that nobody has to do."""
    enrolment = enrol(person, due_on=due_on, assigned_on=TODAY - 20 * DAY)
    plan_item = enrolment.plan.items.get()
    type(plan_item).objects.filter(pk=plan_item.pk).update(is_required=False)
    return enrolment


@pytest.mark.parametrize(
    ("wishes", "leaves_on", "hour"),
    [
        ({}, TODAY, 8),
        ({"from_hour": 15}, TODAY, 15),
        ({"cadence": "weekly", "weekdays": "0"}, MONDAY, 8),
        ({"cadence": "days", "weekdays": "34"}, TODAY + DAY, 8),
        ({"quiet_until": TODAY + DAY}, TODAY + 2 * DAY, 8),
    ],
)
def test_mail_leaves_on_the_days_and_from_the_hour_that_its_recipient_chose(
    employee: Person, wishes: dict[str, Any], leaves_on: date, hour: int
) -> None:
    wish(employee, **wishes)
    enrol(employee, due_on=TODAY + 7 * DAY, assigned_on=TODAY - 20 * DAY)

    plan_reminders(now=NOW)

    digest = Digest.objects.get()
    assert digest.local_on == leaves_on
    assert digest.available_at.astimezone(NOW.tzinfo).hour in {hour, hour - 1}  # UTC


def test_what_waits_for_its_mail_follows_a_new_wish(employee: Person) -> None:
    enrol(employee, due_on=TODAY + 7 * DAY, assigned_on=TODAY - 20 * DAY)
    plan_reminders(now=NOW - timedelta(hours=4))

    be_quiet(person=employee, actor=None, today=TODAY, now=NOW)
    plan_reminders(now=NOW)

    digest = Digest.objects.get()
    assert digest.local_on == TODAY + 7 * DAY
    assert Reminder.objects.get().digest == digest


def test_a_quiet_week_shortens_no_longer_break(employee: Person) -> None:
    """Its link stands in the last call, which a break does not hold back."""
    wish(employee, quiet_until=TODAY + 20 * DAY)

    assert be_quiet(person=employee, actor=None, today=TODAY, now=NOW).quiet_until == (
        TODAY + 20 * DAY
    )
    later = TODAY + 18 * DAY
    assert be_quiet(person=employee, actor=None, today=later, now=NOW).quiet_until == (
        later + 6 * DAY
    )


def test_required_training_is_said_twice_whatever_somebody_wishes(employee: Person) -> None:
    unsubscribe(person=employee, actor=None, now=NOW)
    be_quiet(person=employee, actor=None, today=TODAY, now=NOW)
    enrol(employee, due_on=TODAY + 8 * DAY, assigned_on=TODAY)

    for days in range(15):
        plan_reminders(now=NOW + days * DAY)
        drain(clock=at(NOW + days * DAY))

    sent = Reminder.objects.filter(state="sent").order_by("send_on").values_list("step", flat=True)
    assert list(sent) == ["assigned", "due_1"]
    rest = Reminder.objects.exclude(state="sent").values_list("closed_reason", flat=True)
    assert set(rest) == {"unsubscribed"}


def test_what_is_optional_is_not_said_at_all_to_who_wants_no_mail(employee: Person) -> None:
    unsubscribe(person=employee, actor=None, now=NOW)
    optional(employee, TODAY + DAY)

    plan_reminders(now=NOW)

    assert not Digest.objects.exists()
    assert Reminder.objects.get().closed_reason == "unsubscribed"


@pytest.mark.parametrize(
    "wishes",
    [
        {"cadence": "days", "weekdays": ""},
        {"cadence": "weekly", "weekdays": "01"},
        {"cadence": "days", "weekdays": "78"},
        {"cadence": "days", "weekdays": "11"},
        # Nothing leaves on a Saturday or a Sunday from here.
        {"cadence": "weekly", "weekdays": "6"},
        {"cadence": "days", "weekdays": "56"},
    ],
)
def test_days_that_cannot_be_meant_are_refused(employee: Person, wishes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        wish(employee, **wishes)


def test_days_on_which_nothing_leaves_any_more_are_no_choice_and_hold_back_no_other_wish(
    employee: Person, settings: Any
) -> None:
    wish(employee, cadence="weekly", weekdays="0")
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SEND_DAYS": [2, 3]}
    enrol(employee, due_on=TODAY + 7 * DAY, assigned_on=TODAY - 20 * DAY)

    plan_reminders(now=NOW)

    assert Digest.objects.get().local_on == TODAY
    assert be_quiet(person=employee, actor=None, today=TODAY, now=NOW).weekdays == "0"


def test_what_is_due_before_the_next_mail_goes_in_a_second_one_that_says_why(
    employee: Person, mailoutbox: list[Any]
) -> None:
    friday = NOW + 2 * DAY
    enrol(employee, due_on=TODAY - DAY, assigned_on=TODAY - 20 * DAY)
    plan_reminders(now=friday)
    drain(clock=at(friday))
    enrol(employee, due_on=(friday + DAY).date(), assigned_on=friday.date())
    enrol(employee, due_on=(friday + 5 * DAY).date(), assigned_on=friday.date())

    plan_reminders(now=friday)
    drain(clock=at(friday))

    first, second = mailoutbox
    assert "second mail today" in second.body
    assert "second mail today" not in first.body
    assert ["At most one mail a day" in each.body for each in mailoutbox] == [True, False]
    waiting = Digest.objects.get(state="pending")
    assert (waiting.slot, waiting.local_on) == (0, (friday + 3 * DAY).date())


def session_of(person: Person, starts_at: datetime) -> Session:
    """A session of what `person` has to do, in an hour that is theirs."""
    record = enrol(person, due_on=TODAY + 60 * DAY).records.get()
    initiative: Any = record.plan.initiative
    ends_at = starts_at + timedelta(hours=1)
    return factories.make_session(
        initiative, record.activity, starts_at=starts_at, ends_at=ends_at, timezone="Europe/London"
    )


def call_off(session: Session) -> None:
    boss = factories.make_user("root", is_superuser=True)
    delete_session(session, actor=boss, now=NOW)


@pytest.mark.parametrize(
    ("starts_in", "day", "slot"),
    [
        (timedelta(hours=5), TODAY, 1),
        # At seven tomorrow, before a mail may leave; and two hours after.
        (timedelta(hours=22), TODAY, 1),
        (timedelta(hours=25), TODAY + DAY, 0),
    ],
)
@pytest.mark.parametrize("cadence", ["", "weekly"])
def test_that_a_session_is_called_off_is_said_before_it_begins(
    employee: Person, starts_in: timedelta, day: date, slot: int, cadence: str
) -> None:
    if cadence:
        # On Wednesdays: the next one is in a week.
        wish(employee, cadence=cadence, weekdays="2")
    session = session_of(employee, NOW + starts_in)
    enrol(employee, due_on=TODAY + 7 * DAY)
    plan_reminders(now=NOW)
    assert drain(clock=at()).sent == 1
    call_off(session)

    plan_reminders(now=NOW)

    digest = Reminder.objects.get(kind="session_cancelled").digest
    assert digest is not None
    assert (digest.local_on, digest.slot) == (day, slot)
    assert drain(clock=at(max(NOW, digest.available_at))).sent == 1


def test_of_a_session_that_has_begun_nothing_can_be_said_in_time(employee: Person) -> None:
    wish(employee, cadence="weekly", weekdays="2")
    session = session_of(employee, NOW - timedelta(hours=1))
    enrol(employee, due_on=TODAY + 7 * DAY)
    plan_reminders(now=NOW)
    drain(clock=at())
    call_off(session)

    plan_reminders(now=NOW)

    digest = Reminder.objects.get(kind="session_cancelled").digest
    assert digest is not None
    assert (digest.local_on, digest.slot) == (TODAY + 7 * DAY, 0)


def test_no_cadence_holds_back_what_is_told_of_a_session_but_a_quiet_week_does(
    employee: Person, manager: Person
) -> None:
    wish(employee, cadence="weekly", weekdays="0")
    wish(manager, quiet_until=TODAY + 6 * DAY)
    for person, starts_in in ((employee, 2), (employee, 9), (manager, 2)):
        session_of(person, NOW + starts_in * DAY)
    Session.objects.update(dated_on=TODAY)

    plan_reminders(now=NOW)

    told = Reminder.objects.filter(kind="session_dated").order_by("pk")
    days = told.values_list("recipient", "session__starts_at", "digest__local_on")
    assert set(days) == {
        (employee.pk, NOW + 2 * DAY, TODAY),
        (employee.pk, NOW + 9 * DAY, MONDAY),
        (manager.pk, NOW + 2 * DAY, TODAY + 7 * DAY),
    }


def test_what_is_others_to_do_waits_for_the_next_mail(employee: Person, manager: Person) -> None:
    friday = NOW + 2 * DAY
    factories.make_policy(days=1, to="manager")
    Digest.objects.create(
        recipient=manager,
        local_on=friday.date(),
        state="sent",
        sent_at=friday,
        available_at=friday,
        message_id="<1@example.org>",
    )
    enrol(employee, due_on=(friday + DAY).date(), assigned_on=TODAY - 20 * DAY)

    plan_reminders(now=friday)

    waiting = Digest.objects.get(recipient=manager, state="pending")
    assert (waiting.slot, waiting.local_on) == (0, (friday + 3 * DAY).date())


def test_a_person_sets_it_on_a_page(employee: Person, client: Client) -> None:
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins

    sent = {"cadence": "weekly", "weekdays": ["1"], "from_hour": "9", "channel": "inbox"}
    missing = client.post("/change/mail/", {"cadence": "weekly", "channel": "email"})
    saved = client.post("/change/mail/", sent)

    assert (missing.status_code, saved.status_code) == (400, 302)
    row = MailPreference.objects.get()
    assert (row.cadence, row.weekdays, row.from_hour, row.channel) == ("weekly", "1", 9, "inbox")
    page = client.get("/change/mail/").content.decode()
    assert "cannot be switched off" in page


@pytest.mark.parametrize("until", [TODAY - DAY, TODAY + 32 * DAY, date(2025, 11, 20)])
def test_a_break_that_is_over_or_too_long_is_refused(
    employee: Person, client: Client, until: date
) -> None:
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins
    sent = {"cadence": "daily", "channel": "email", "quiet_until": str(until)}

    with time_machine.travel(NOW, tick=False):
        refused = client.post("/change/mail/", sent)
        last_day = client.post("/change/mail/", sent | {"quiet_until": str(TODAY)})

    assert (refused.status_code, last_day.status_code) == (400, 302)
    assert "Choose a day within the next month." in refused.content.decode()
    assert MailPreference.objects.get().quiet_until == TODAY


def test_a_break_ends_by_the_day_on_the_wall_of_its_person(
    employee: Person, client: Client
) -> None:
    """In Honolulu it is yesterday still."""
    Person.objects.filter(pk=employee.pk).update(timezone="Pacific/Honolulu")
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins
    sent = {"cadence": "daily", "channel": "email", "quiet_until": str(TODAY - DAY)}

    with time_machine.travel(NOW, tick=False):
        saved = client.post("/change/mail/", sent)
        page = client.get("/change/mail/").content.decode()

    assert saved.status_code == 302
    assert f'value="{TODAY - DAY}"' in page


@pytest.mark.parametrize(
    ("days", "named"), [([0, 1, 2, 3, 4], "Monday"), ([5, 6], "Sunday"), ([], "Sunday")]
)
def test_only_days_on_which_mail_leaves_are_offered(
    employee: Person, client: Client, settings: Any, days: list[int], named: str
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SEND_DAYS": days}
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins

    page = client.get("/change/mail/").content.decode()

    offered = page.count('name="weekdays"')
    assert (offered, named in page) == (len(days) or 7, True)
