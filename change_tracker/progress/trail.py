"""What the audit trail says of rows as they were at the end of a past day; no queries.

Nothing is guessed: what the trail does not say is UNKNOWN.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the trail, as far as it matters here."""

    at: datetime
    object_type: str
    object_id: str
    verb: str
    from_state: str
    to_state: str
    changes: dict[str, Any]


#: The trail does not say it.
UNKNOWN = object()


class Trail:
    """The events of one initiative in their order, seen from the end of a day (`until`)."""

    def __init__(self, events: Iterable[Event], until: datetime) -> None:
        self._before: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._after: dict[tuple[str, str], list[Event]] = defaultdict(list)
        #: rows that were there on that day, and were deleted since
        self.gone = 0
        for each in events:
            side = self._before if each.at < until else self._after
            side[each.object_type, each.object_id].append(each)
        for some in self._after.values():
            was_there = not any(each.verb == "created" for each in some)
            self.gone += was_there and any(each.verb == "deleted" for each in some)

    def was_there(self, row: Any) -> bool | None:
        """Whether `row` was there; None where nothing says since when it is."""
        if self._before[_key(row)]:
            return True
        if any(each.verb == "created" for each in self._after[_key(row)]):
            return False
        return None

    def state(self, row: Any) -> str:
        """The state that `row` was in: where the next move led from, else where it is."""
        moves = (each.from_state for each in self._after[_key(row)] if each.to_state)
        return next(moves, row.state)

    def value(self, row: Any, name: str) -> Any:
        """What stood in a column of `row`: what it was changed to last, else what it is if it was
        not changed since, else UNKNOWN.
        """
        said = [each.changes[name] for each in self._before[_key(row)] if name in each.changes]
        if any(name in each.changes for each in self._after[_key(row)]):
            return said[-1] if said else UNKNOWN
        return getattr(row, name)

    def is_as_it_was(self, row: Any, name: str) -> bool:
        """Whether a column of `row` was not changed since."""
        return not any(name in each.changes for each in self._after[_key(row)])


def _key(row: Any) -> tuple[str, str]:
    return row._meta.model_name, str(row.pk)
