"""Three programs that know nothing of each other read the same dates from somebody's feed."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import complete_record
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import enrol, make_address

pytestmark = [pytest.mark.browser, pytest.mark.validator, pytest.mark.django_db]

#: (uid, start, end, summary, sequence): days as they are, moments in UTC.
Event = tuple[str, str, str, str, int]
IN_NODE = Path(__file__).with_name("read_feed.mjs")
HOUR = timedelta(hours=1)


def when(value: date) -> str:
    """Of a moment, as JavaScript writes it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    return value.isoformat()


def by_icalendar(feed: str) -> list[Event]:
    return [
        (
            str(each["UID"]),
            when(each.decoded("DTSTART")),
            when(each.decoded("DTEND")),
            str(each["SUMMARY"]),
            each.decoded("SEQUENCE"),
        )
        for each in Calendar.from_ical(feed).walk("VEVENT")
    ]


def by_ics(feed: str) -> list[Event]:
    from ics import Calendar as Read

    def moment(each: Any, value: Any) -> str:
        return when(value.date() if each.all_day else value.datetime)

    def sequence(each: Any) -> int:
        return next(int(line.value) for line in each.extra if line.name == "SEQUENCE")

    return [
        (each.uid, moment(each, each.begin), moment(each, each.end), each.name, sequence(each))
        for each in Read(feed).events
    ]


def by_ical_js(feed: str) -> list[Event]:
    said = subprocess.run(
        ["node", str(IN_NODE)], input=feed, capture_output=True, text=True, check=True, timeout=60
    )
    return [tuple(each) for each in json.loads(said.stdout)]


def test_all_of_them_read_the_same_dates(employee: Person, client: Client) -> None:
    assert employee.user is not None
    with time_machine.travel(NOW, tick=False):
        day = TODAY + timedelta(days=7)
        due, done = enrol(employee, items=2, due_on=day).records.order_by("pk")
        complete_record(record=done, actor=employee.user, today=TODAY, now=NOW)
        TrainingRecord.objects.filter(pk=due.pk).update(due_revision=3)
        begins = {
            "Europe/Berlin": datetime(2027, 3, 29, 8, tzinfo=UTC),  # after Europe's clocks change
            "America/New_York": datetime(2027, 3, 12, 13, tzinfo=UTC),  # before America's do
        }
        held = {
            zone: factories.make_session(
                due.plan.initiative,
                due.activity,
                starts_at=starts_at,
                ends_at=starts_at + HOUR,
                timezone=zone,
            )
            for zone, starts_at in begins.items()
        }
        feed = client.get(make_address(client, employee)).content.decode()

    title = due.activity.title
    expected = sorted(
        [
            (
                f"item-{due.pk}@intranet.example",
                when(day),
                when(day + timedelta(days=1)),
                f"Due: {title}",
                3,
            ),
            *(
                (
                    f"session-{each.pk}@intranet.example",
                    when(begins[zone]),
                    when(begins[zone] + HOUR),
                    title,
                    each.version,
                )
                for zone, each in held.items()
            ),
        ]
    )
    assert sorted(by_icalendar(feed)) == expected
    assert sorted(by_ics(feed)) == expected
    assert sorted(by_ical_js(feed)) == expected
