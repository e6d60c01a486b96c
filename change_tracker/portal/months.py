"""What changes for a team, by month; no queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from change_tracker.portal.team import Dues, Event
from change_tracker.training.standing import Standing

#: So many dates of a month are named; the others are counted.
MOST_NAMED = 6


@dataclass(slots=True)
class Month:
    """One month: dates, the training that is due in it, and what it asks of people in minutes."""

    first: date
    events: list[Event] = field(default_factory=list)
    pieces: int = 0
    people: int = 0
    minutes: int = 0

    @property
    def named(self) -> list[Event]:
        """The dates that are told one by one."""
        return self.events[:MOST_NAMED]

    @property
    def more(self) -> int:
        """How many dates are not."""
        return len(self.events[MOST_NAMED:])


def months_of(dues: Iterable[Dues], events: Iterable[Event]) -> list[Month]:
    """The months in which something happens, in order. What is late stands elsewhere."""
    found: dict[date, Month] = {}
    for each in dues:
        if each.standing == Standing.OPEN and each.month:
            month = found.setdefault(each.month, Month(each.month))
            month.pieces, month.people = each.pieces, each.people
            month.minutes += each.minutes
    for event in events:
        first = event.on.replace(day=1)
        month = found.setdefault(first, Month(first))
        month.events.append(event)
        month.minutes += event.minutes
    return [found[first] for first in sorted(found)]
