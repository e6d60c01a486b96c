"""Dates in a calendar program: secret, revocable, with the right zones, and only news is sent."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.reminders.feed import revoke_feed
from change_tracker.reminders.models import CalendarFeed
from change_tracker.training.models import Session, TrainingRecord
from change_tracker.training.services import delete_session
from tests import factories
from tests.factories import NOW, TODAY
from tests.portal.browsing import queries
from tests.reminders.conftest import enrol, make_address

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def stopped_clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def record(employee: Person) -> TrainingRecord:
    return enrol(employee, due_on=TODAY + 7 * DAY).records.get()


def events(client: Client, address: str) -> dict[str, Any]:
    calendar = Calendar.from_ical(client.get(address).content)
    return {str(event["UID"]).split("@")[0]: event for event in calendar.walk("VEVENT")}


def session_of(record: TrainingRecord, zone: str) -> Session:
    starts_at = datetime(2027, 3, 29, 8, 0, tzinfo=UTC)  # the day after Europe's clocks change
    return factories.make_session(
        record.plan.initiative,
        record.activity,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        timezone=zone,
        place="Room 4",
    )


def test_what_is_due_and_its_sessions_are_events_of_the_right_time(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    session = session_of(record, "Europe/Berlin")
    address = make_address(client, employee)

    found = events(client, address)

    assert set(found) == {f"item-{record.pk}", f"session-{session.pk}"}
    due, held = found[f"item-{record.pk}"], found[f"session-{session.pk}"]
    assert due.decoded("DTSTART") == record.due_on
    assert due.decoded("SEQUENCE") == record.due_revision
    assert due["URL"] == f"https://intranet.example/change/t/{record.pk}/"
    assert held.decoded("DTSTART") == session.starts_at
    assert held.decoded("DTSTART").hour == 10
    assert held["LOCATION"] == "Room 4"
    assert b"BEGIN:VTIMEZONE" in client.get(address).content


def test_zones_are_there_once_in_order_and_a_line_for_each_change_of_the_clocks(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/Berlin"):
        session_of(record, zone)

    text = client.get(make_address(client, employee)).content.decode().replace("\r\n ", "")

    assert re.findall("TZID:(.+)\r", text) == ["America/New_York", "Asia/Kolkata", "Europe/Berlin"]
    changes = re.findall("RDATE:(.+)\r", text)
    assert "20270328T030000" in changes
    # ical.js reads the first date of a line and no other.
    assert all(re.fullmatch(r"202[678]\d{4}T\d{6}", each) for each in changes)


def test_a_new_date_keeps_the_uid_and_raises_the_sequence(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    address = make_address(client, employee)
    before = events(client, address)[f"item-{record.pk}"]

    moved = {"due_on": TODAY + 9 * DAY, "due_revision": record.due_revision + 1}
    TrainingRecord.objects.filter(pk=record.pk).update(**moved)

    after = events(client, address)[f"item-{record.pk}"]
    assert after["UID"] == before["UID"]
    assert after.decoded("SEQUENCE") == before.decoded("SEQUENCE") + 1
    assert after.decoded("DTSTART") == TODAY + 9 * DAY


def test_a_cancelled_session_stays_the_same_event_and_says_that_it_is_cancelled(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    session, other = session_of(record, "Europe/Berlin"), session_of(record, "Europe/London")
    lead: Any = factories.make_user("root", is_superuser=True)
    address = make_address(client, employee)
    before = events(client, address)[f"session-{session.pk}"]

    delete_session(session, actor=lead, now=NOW)

    found = events(client, address)
    after = found[f"session-{session.pk}"]
    assert (after["STATUS"], after["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert after["UID"] == before["UID"]
    assert after.decoded("SEQUENCE") == before.decoded("SEQUENCE") + 1
    for each in (before, found[f"session-{other.pk}"]):
        assert not {"STATUS", "TRANSP"} & set(each)


def test_where_nothing_is_new_nothing_is_sent(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    address = make_address(client, employee)
    tag = client.get(address)["ETag"]

    with time_machine.travel(NOW + DAY, tick=False):
        again = client.get(address, headers={"if-none-match": tag})
    TrainingRecord.objects.update(due_on=TODAY + 9 * DAY)
    news = client.get(address, headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert (news.status_code, news["ETag"] == tag) == (200, False)


def test_it_shows_nothing_of_others_and_costs_three_queries(
    employee: Person, outsider: Person, record: TrainingRecord, client: Client
) -> None:
    plan = record.plan
    for _ in range(3):
        enrol(factories.make_person(login=True), plan=plan)
        session_of(record, "America/New_York")

    assert events(client, make_address(client, outsider)) == {}
    address = make_address(client, employee)
    assert len([each for each in events(client, address) if each.startswith("item")]) == 1
    assert len(queries(client, address)) == 3


def test_a_new_address_ends_the_old_one_and_it_can_be_ended_for_good(
    employee: Person, record: TrainingRecord, client: Client
) -> None:
    old, new = make_address(client, employee), make_address(client, employee)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert new.split("/")[-1].removesuffix(".ics") not in CalendarFeed.objects.get().secret_hash

    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins
    client.post("/change/calendar/revoke/")

    assert client.get(new).status_code == 404
    again = client.post("/change/calendar/revoke/", follow=True)
    assert "leads nowhere any more" in again.content.decode()


def test_what_two_windows_end_at_once_has_ended_once(employee: Person, client: Client) -> None:
    make_address(client, employee)
    mine, theirs = CalendarFeed.objects.get(), CalendarFeed.objects.get()
    assert employee.user is not None

    for feed in (theirs, mine):
        revoke_feed(feed=feed, actor=employee.user, now=NOW)

    assert AuditEvent.objects.filter(object_type="calendarfeed", verb="deleted").count() == 1


def test_the_address_can_be_fetched_where_the_site_has_none_of_its_own(
    employee: Person, record: TrainingRecord, client: Client, settings: Any
) -> None:
    settings.CHANGE_TRACKER = settings.CHANGE_TRACKER | {"SITE_URL": ""}
    client.force_login(employee.user)  # type: ignore[arg-type]  # the cast has logins

    page = client.post("/change/calendar/").content.decode()

    address = re.search(r"<code>http://testserver(/\S+\.ics)</code>", page)
    assert address
    assert client.get(address[1]).status_code == 200


@pytest.mark.parametrize("what", ["left", "login"])
def test_who_has_left_is_shown_nothing(
    employee: Person, record: TrainingRecord, client: Client, what: str
) -> None:
    address = make_address(client, employee)
    if what == "left":
        Person.objects.filter(pk=employee.pk).update(ends_on=TODAY - DAY)
    else:
        type(employee.user).objects.update(is_active=False)  # type: ignore[union-attr]

    assert client.get(address).status_code == 404
