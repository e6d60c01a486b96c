"""Counting the days on which people work, with weekends and holidays left out."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from change_tracker.core.workdays import Calendar

FRIDAY = date(2026, 11, 13)
DAY = timedelta(days=1)
CHRISTMAS = (date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1))

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
calendars = st.builds(Calendar, st.sets(st.integers(0, 6)), st.sets(days, max_size=40))


def works(day: date, calendar: Calendar) -> bool:
    week: Collection[int] = calendar.weekdays or range(7)
    return day.weekday() in week and day not in calendar.holidays


def walk(day: date, count: int, step: timedelta, calendar: Calendar) -> date:
    """Day by day, as one counts on the fingers."""
    while count:
        day += step
        count -= works(day, calendar)
    return day


@pytest.mark.parametrize(
    ("due_on", "today", "passed"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, date(2026, 11, 15), 0),  # a Sunday
        (FRIDAY, date(2026, 11, 16), 1),
        (FRIDAY, date(2026, 11, 20), 5),
        (FRIDAY, date(2026, 12, 4), 15),
        (date(2026, 11, 14), date(2026, 11, 16), 1),
        (date(2026, 11, 20), FRIDAY, 0),
        (date(2026, 12, 24), date(2026, 12, 28), 1),
        (date(2026, 12, 24), date(2027, 1, 4), 5),
    ],
)
def test_weekends_and_holidays_do_not_count(due_on: date, today: date, passed: int) -> None:
    assert Calendar(holidays=CHRISTMAS).between(due_on, today) == passed


@given(calendars, days, st.integers(0, 90))
def test_days_between_are_what_counting_day_by_day_gives(
    calendar: Calendar, day: date, length: int
) -> None:
    passed = [day + DAY * each for each in range(1, length + 1)]

    assert calendar.between(day, day + DAY * length) == sum(
        works(each, calendar) for each in passed
    )


@given(calendars, days, st.integers(0, 90))
def test_the_nth_working_day_after_and_before_is_what_counting_day_by_day_gives(
    calendar: Calendar, day: date, count: int
) -> None:
    assert calendar.after(day, count) == walk(day, count, DAY, calendar)
    assert calendar.before(day, count) == walk(day, count, -DAY, calendar)
