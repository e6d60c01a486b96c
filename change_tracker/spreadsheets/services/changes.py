"""What a spreadsheet would make, change and leave."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from change_tracker.core.tables import Problem
from change_tracker.spreadsheets.columns import Sheet
from change_tracker.spreadsheets.services.stored import Stored


@dataclass(slots=True, kw_only=True)
class Line:
    """One row of a file: what it says, and which row of ours it is about; None for a new one."""

    number: int
    values: dict[str, Any]
    #: the cell by which it is named
    name: str = ""
    stored: Stored | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    #: level, day and words of a review that the row adds
    review: tuple[int, date, str] | None = None

    @property
    def says_new(self) -> bool:
        """Whether it makes or changes anything."""
        return self.stored is None or bool(self.changes) or self.review is not None


@dataclass(slots=True, kw_only=True)
class Part:
    """What one sheet does; `left` are rows of ours that are not in it."""

    sheet: Sheet
    lines: list[Line]
    left: int

    @property
    def new(self) -> list[Line]:
        """What it makes."""
        return [each for each in self.lines if each.stored is None]

    @property
    def changed(self) -> list[Line]:
        """What it changes."""
        return [each for each in self.lines if each.stored is not None and each.says_new]


@dataclass(slots=True, kw_only=True)
class Changes:
    """The change list of a whole file."""

    parts: list[Part]
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        """What stands in the way."""
        return [each for each in self.problems if each.is_error]

    @property
    def digest(self) -> str:
        """What tells one change list from another."""
        said = [
            (
                part.sheet.key,
                each.stored.row.pk if each.stored else None,
                sorted((each.changes if each.stored else each.values).items()),
                each.review,
            )
            for part in self.parts
            for each in part.lines
            if each.says_new
        ]
        return sha256(repr(_in_order(said)).encode()).hexdigest()


def _in_order(value: Any) -> Any:
    """The same, with sets in an order that does not change from run to run."""
    if isinstance(value, frozenset | set):
        return sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [_in_order(each) for each in value]
    return value
