"""Dates of the story, all relative to the day on which it is told."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """The story's days, counted from `today`."""

    today: date

    def day(self, offset: int) -> date:
        """The day so many days from today, moved off the weekend to the next Monday."""
        day = self.today + timedelta(days=offset)
        return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)

    def past(self, days_ago: int) -> date:
        """A working day at least so many days ago, never in the future."""
        day = self.today - timedelta(days=days_ago)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def moment(self, day: date) -> datetime:
        """Nine in the morning of that day."""
        return datetime.combine(day, time(9), tzinfo=UTC)
