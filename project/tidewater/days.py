"""Dates of the story, all relative to the day on which it is told."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Calendar:
    """The story's days, counted from `today`."""

    today: date

    def day(self, offset: int) -> date:
        """The day so many days from today, moved off the weekend to the next Monday."""
        day = self.today + timedelta(days=offset)
        return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > FRIDAY else 0)

    def past(self, days_ago: int) -> date:
        """A working day at least so many days ago, never in the future."""
        return working_day(self.today - timedelta(days=days_ago))

    def moment(self, day: date) -> datetime:
        """Nine in the morning of that day."""
        return datetime.combine(day, time(9), tzinfo=UTC)

    def working_days_before(self, count: int) -> list[date]:
        """The last so many working days before today, the earliest first."""
        days = (self.today - timedelta(days=each) for each in range(1, 2 * count + 3))
        return sorted([day for day in days if day.weekday() <= FRIDAY][:count])


def working_day(day: date) -> date:
    """`day`, or the Friday before it."""
    return day - timedelta(days=max(day.weekday() - FRIDAY, 0))
