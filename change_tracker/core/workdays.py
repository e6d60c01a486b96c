"""Counting the days on which people work: pure, the weekdays and holidays are handed in."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)


def day_after(day: date, days: int) -> date:
    """`days` after `day`, below 0 before it; where the calendar ends, its last or first day.

    Other systems say 9999-12-31 where no date is known.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weekdays on which people work (Monday is 0), and the holidays on which they do not.

    Without any weekday every day but the holidays is a working day, so that counting ends.
    """

    weekdays: Collection[int] = (0, 1, 2, 3, 4)
    holidays: Collection[date] = ()
    _week: frozenset[int] = field(init=False, repr=False, compare=False)
    _off: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        week = frozenset(self.weekdays) or frozenset(range(7))
        off = tuple(sorted(day for day in set(self.holidays) if day.weekday() in week))
        object.__setattr__(self, "_week", week)
        object.__setattr__(self, "_off", off)

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day.weekday() in self._week and day not in self._off

    def between(self, after: date, until: date) -> int:
        """Working days after `after`, up to and including `until`; 0 where there are none."""
        if until <= after:
            return 0
        weeks, rest = divmod((until - after).days, 7)
        last = {(until - DAY * each).weekday() for each in range(rest)}
        return weeks * len(self._week) + len(last & self._week) - self._holidays(after, until)

    def after(self, day: date, count: int) -> date:
        """The `count`th working day after `day`; `day` itself for 0, and the last there is."""
        try:
            return self._after(day, count)
        except OverflowError:
            return date.max

    def before(self, day: date, count: int) -> date:
        """The `count`th working day before `day`; `day` itself for 0, and the first there is."""
        try:
            return self._before(day, count)
        except OverflowError:
            return date.min

    def _after(self, day: date, count: int) -> date:
        missing = count
        while missing:
            weeks, rest = divmod(missing - 1, len(self._week))
            end = day + timedelta(weeks=weeks)
            for _each in range(rest + 1):
                end = self._next_weekday(end, DAY)
            # Each holiday on the way takes one day more.
            missing, day = self._holidays(day, end), end
        return day

    def _before(self, day: date, count: int) -> date:
        missing = count
        while missing:
            weeks, rest = divmod(missing - 1, len(self._week))
            end = day - timedelta(weeks=weeks)
            for _each in range(rest + 1):
                end = self._next_weekday(end, -DAY)
            missing, day = self._holidays(end - DAY, day - DAY), end
        return day

    def _next_weekday(self, day: date, step: timedelta) -> date:
        day += step
        while day.weekday() not in self._week:
            day += step
        return day

    def _holidays(self, after: date, until: date) -> int:
        return bisect_right(self._off, until) - bisect_right(self._off, after)
