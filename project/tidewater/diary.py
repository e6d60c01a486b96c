"""The story day by day: what the machine does at eight, then what people do."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from project.mornings import at_eight, run_morning
from project.tidewater.days import Calendar

Deed = Callable[[datetime], None]


class Diary:
    """Deeds by their day. A deed may enter others, for its own day or a later one."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._deeds: dict[date, list[Deed]] = defaultdict(list)

    def enter(self, day: date, deed: Deed) -> None:
        """Have `deed` done on that day; from today on, nothing has been done yet."""
        if day < self._calendar.today:
            self._deeds[day].append(deed)

    def live(self, mornings: Collection[date]) -> None:
        """Go through all days up to yesterday; on those of `mornings` mail leaves first."""
        day = min([*self._deeds, *mornings])
        while day < self._calendar.today:
            if day in mornings:
                run_morning(at_eight(day))
            for deed in self._deeds[day]:
                deed(self._calendar.moment(day))
            day += timedelta(days=1)
