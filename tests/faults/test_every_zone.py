"""Every zone of the world, around every change of its clocks from 2025 to 2032.

A run tries the zones that differ and a few histories; `make faults` all zones at every hour, some
hundred thousand instants, and a thousand histories.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from change_tracker.reminders.models import MailPreference, Reminder
from change_tracker.reminders.plan import plan_reminders
from change_tracker.reminders.rules import BY_DUE_DATE, Window, day_of
from change_tracker.reminders.send import drain
from tests import factories
from tests.faults.trial import IS_LONG, size
from tests.reminders.conftest import at, enrol

HISTORIES = size(3, 1000)
HOURS = range(24) if IS_LONG else (0, 1, 2, 3, 8, 23)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)
Change = tuple[datetime, timedelta | None]


def offset(zone: ZoneInfo, instant: datetime) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


@cache
def changes(name: str) -> tuple[Change, ...]:
    """Each second at which the clocks of the zone show something else, and their offset then."""
    zone, found, before = ZoneInfo(name), [], FIRST
    while before < LAST:
        after = before + WEEK
        if offset(zone, before) != offset(zone, after):
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = offset(zone, middle) == offset(zone, before)
                low, high = (middle, high) if same else (low, middle)
            moment = high.replace(microsecond=0)
            found.append((moment, offset(zone, moment)))
        before = after
    return tuple(found)


@cache
def zones() -> list[str]:
    """All; in a short run one of those that show the same, and one that never changes."""
    if IS_LONG:
        return sorted(available_timezones())
    alike = {changes(name): name for name in sorted(available_timezones(), reverse=True)}
    return sorted(alike.values())


def days_around(moment: datetime, zone: ZoneInfo) -> Iterator[date]:
    day = moment.astimezone(zone).date()
    return (day + each * DAY for each in (-1, 0, 1))


@pytest.mark.exhaustive  # no database is in it
def test_every_hour_opens_at_the_first_instant_that_shows_it_or_comes_after_it() -> None:
    tried = 0
    for name in zones():
        zone = ZoneInfo(name)
        for moment, _offset in changes(name) or ((FIRST, None),):
            opens = []
            for day in days_around(moment, zone):
                for hour in HOURS:
                    target = datetime.combine(day, time(hour))
                    window = Window(working_days=tuple(range(7)), from_hour=hour)
                    instant = window.opens(window.workday(day), zone)
                    shown = instant.astimezone(zone).replace(tzinfo=None)
                    just_before = (instant - timedelta(seconds=1)).astimezone(zone)
                    where = (name, target, instant)
                    assert shown >= target, where
                    assert just_before.replace(tzinfo=None) < target, where
                    assert instant.astimezone(zone).fold == 0, where
                    opens.append(instant)
                    tried += 1
            assert opens == sorted(opens), (name, moment)
    assert tried > 1000


@pytest.mark.django_db
@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_step_leaves_once_inside_the_window_and_in_order(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([each for each in zones() if changes(each)]))
    moment, _offset = data.draw(st.sampled_from(changes(name)))
    zone = ZoneInfo(name)
    due_on = moment.astimezone(zone).date() + data.draw(st.integers(-5, 8)) * DAY
    from_hour = data.draw(st.sampled_from([0, 1, 2, 3, 8]))
    chance = Random(data.draw(st.integers(0, 1000)))
    with transaction.atomic():
        _history(zone, due_on, from_hour, chance)
        transaction.set_rollback(True)


def _history(zone: ZoneInfo, due_on: date, from_hour: int, chance: Random) -> None:
    person = factories.make_person(timezone=zone.key, login=True)
    MailPreference.objects.create(person=person, from_hour=from_hour)
    enrol(person, due_on=due_on, assigned_on=due_on - 40 * DAY)
    window = Window(from_hour=from_hour)
    # The days of the steps, and what a weekend makes of them.
    for number in (*range(-8, -4), *range(-2, 7)):
        opens = window.opens(due_on + number * DAY, zone)
        for now in (opens - MINUTE, opens + chance.randrange(600) * MINUTE):
            plan_reminders(now=now)
            drain(clock=at(now))
    told = Reminder.objects.filter(recipient=person)
    sent = list(told.filter(state="sent").select_related("digest").order_by("digest__sent_at"))
    names = [each.name for each in BY_DUE_DATE]
    assert [each.step for each in sent] == [n for n in names if n in {each.step for each in sent}]
    for each in sent:
        assert each.digest is not None
        left = each.digest.sent_at.astimezone(zone)  # type: ignore[union-attr]  # it was sent
        assert left.weekday() < 5
        assert left.hour >= from_hour
        assert each.digest.local_on == left.date()
    # What did not leave had a later one on its day, after a weekend.
    for step, later in pairwise(BY_DUE_DATE):
        leaves_on = window.workday(day_of(step, due_on))
        is_overtaken = day_of(later, due_on) <= leaves_on
        assert (step.name in {each.step for each in sent}) is not is_overtaken, (step, due_on)
