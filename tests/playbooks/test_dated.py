"""Days from go-live become dates on which people work, and say so when they move."""

from datetime import date

import pytest

from change_tracker.core.workdays import Calendar
from change_tracker.playbooks.rules import Dated, Moved, as_rule, dated, days_from

#: A Wednesday; the Friday before it is a holiday.
GO_LIVE = date(2026, 12, 2)
HOLIDAY = date(2026, 11, 27)
CALENDAR = Calendar(holidays=(HOLIDAY,))


@pytest.mark.parametrize(
    ("days", "today", "on", "moved"),
    [
        (-7, date(2026, 11, 1), date(2026, 11, 25), None),
        (0, date(2026, 11, 1), GO_LIVE, None),
        # Sat 28 Nov goes back over the holiday to Thu, and forward to Mon where that has passed
        (-4, date(2026, 11, 1), date(2026, 11, 26), Moved.WEEKEND),
        (-4, date(2026, 11, 28), date(2026, 11, 30), Moved.WEEKEND),
        (-5, date(2026, 11, 1), date(2026, 11, 26), Moved.HOLIDAY),
        # Sat 5 Dec comes after go-live: the next Monday
        (3, date(2026, 11, 1), date(2026, 12, 7), Moved.WEEKEND),
        (-30, date(2026, 11, 10), date(2026, 11, 10), Moved.PAST),
        (-30, date(2026, 11, 8), date(2026, 11, 9), Moved.PAST),
    ],
)
def test_a_day_off_and_a_day_that_has_passed_move(
    days: int, today: date, on: date, moved: Moved | None
) -> None:
    due = dated(GO_LIVE, days, today, CALENDAR)

    assert (due.on, due.moved) == (on, moved)
    assert CALENDAR.is_working(on)
    assert due.on is not None
    assert due.on >= today


def test_without_a_day_of_go_live_there_is_no_date() -> None:
    assert dated(None, -7, GO_LIVE, CALENDAR) == Dated()
    assert dated(GO_LIVE, None, GO_LIVE, CALENDAR) == Dated()


@pytest.mark.parametrize("days", [-40, 0, 12])
def test_the_way_back_leads_to_the_same_day(days: int) -> None:
    due = dated(GO_LIVE, days, date(2026, 1, 1), Calendar(weekdays=range(7)))

    assert days_from(GO_LIVE, due.on) == days
    assert as_rule(days)["due_days"] == abs(days)


@pytest.mark.parametrize(("go_live_on", "days"), [(date.min, -7), (date.max, 7), (date.max, -7)])
def test_a_go_live_at_the_end_of_the_calendar_is_counted_from_as_well(
    go_live_on: date, days: int
) -> None:
    due = dated(go_live_on, days, GO_LIVE, CALENDAR)

    assert due.on is not None
    assert due.on >= GO_LIVE
