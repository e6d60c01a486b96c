"""What is owed when, as tables."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from change_tracker.reminders import rules
from change_tracker.reminders.rules import BY_DUE_DATE, DUE_1, DUE_7, LATE_1, LATE_4, Step

DUE = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("days_before", "step"),
    [
        (8, None),
        (7, DUE_7),
        (2, DUE_7),
        (1, DUE_1),
        (0, DUE_1),
        (-1, LATE_1),
        (-3, LATE_1),
        (-4, LATE_4),
        (-400, LATE_4),
    ],
)
def test_a_due_date_is_in_the_band_of_its_latest_step(days_before: int, step: Step | None) -> None:
    bands = rules.bands(BY_DUE_DATE, DUE - timedelta(days=days_before))

    inside = [
        each for each, first, last in bands if (first is None or first <= DUE) and last >= DUE
    ]
    assert inside == ([step] if step else [])


def test_bands_hold_the_days_whose_latest_step_they_are() -> None:
    today = date(2026, 11, 18)
    bands = rules.bands(BY_DUE_DATE, today)

    for due_on in rules.days(today - timedelta(days=60), today + timedelta(days=60)):
        come = [step for step in BY_DUE_DATE if rules.day_of(step, due_on) <= today]
        inside = [
            step
            for step, first, last in bands
            if (first is None or first <= due_on) and due_on <= last
        ]
        assert inside == come[-1:], due_on


@pytest.mark.parametrize(
    ("day", "leaves"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),  # Friday
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 12, 26), date(2026, 12, 28)),
    ],
)
def test_nothing_leaves_on_a_weekend(day: date, leaves: date) -> None:
    assert rules.Window().workday(day) == leaves


def test_nothing_leaves_on_a_holiday() -> None:
    days_off = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2026, 12, 26)})
    window = rules.Window(holidays=days_off)

    assert window.workday(date(2026, 12, 24)) == date(2026, 12, 24)
    # Friday, the weekend, and Monday, which makes up for the Saturday.
    assert window.workday(date(2026, 12, 25)) == date(2026, 12, 29)
    # Back from an absence on a holiday.
    away = ((date(2026, 12, 21), date(2026, 12, 24)),)
    assert window.workday(date(2026, 12, 22), away) == date(2026, 12, 29)


def test_where_every_day_is_a_holiday_mail_still_leaves() -> None:
    year = frozenset(date(2026, 1, 1) + timedelta(days=each) for each in range(800))

    assert rules.Window(holidays=year).workday(date(2026, 12, 24)) == date(2026, 12, 24)


def test_a_week_may_run_from_sunday_to_thursday() -> None:
    window = rules.Window(working_days=(6, 0, 1, 2, 3), from_hour=7)

    assert window.workday(date(2026, 11, 20)) == date(2026, 11, 22)
    opens = window.opens(date(2026, 11, 22), ZoneInfo("Asia/Jerusalem"))
    assert opens == datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/London", date(2026, 11, 18), time(8), datetime(2026, 11, 18, 8, tzinfo=UTC)),
        ("Europe/London", date(2026, 7, 1), time(8), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2026, 7, 1), time(8), datetime(2026, 7, 1, 2, 15, tzinfo=UTC)),
        # 02:30 does not exist: the clocks jump from 02:00 to 03:00
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # 02:30 comes twice: the first
        (
            "Europe/Berlin",
            date(2026, 10, 25),
            time(2, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        # Samoa skipped the whole day: the first instant after it
        ("Pacific/Apia", date(2011, 12, 30), time(8), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_eight_in_the_morning_is_an_instant(
    zone: str, day: date, at: time, instant: datetime
) -> None:
    assert rules.send_instant(day, ZoneInfo(zone), at) == instant


def test_only_what_is_not_late_expires() -> None:
    leaves_at = datetime(2026, 11, 18, 8, tzinfo=UTC)

    assert rules.expires_at(DUE_1, leaves_at) == leaves_at + timedelta(hours=72)
    assert rules.expires_at(LATE_1, leaves_at) is None


@pytest.mark.parametrize(
    ("attempts", "chance", "minutes"),
    [(1, 0.5, 1), (2, 0.5, 5), (3, 0.0, 24), (3, 1.0, 36), (6, 0.5, 720)],
)
def test_waiting_grows_with_the_attempts(attempts: int, chance: float, minutes: float) -> None:
    wait = rules.back_off(attempts, (1, 5, 30, 120, 360, 720), chance)

    assert wait is not None
    assert wait.total_seconds() == pytest.approx(minutes * 60)


def test_after_the_last_wait_there_is_none() -> None:
    assert rules.back_off(7, (1, 5, 30, 120, 360, 720), 0.5) is None
