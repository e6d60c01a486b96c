"""What a file holds once it is read, and what can be wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.errors import ChangeTrackerError

#: One line of the file: its number (the header is 1) and its cells as text.
Line = tuple[int, list[str]]
Lines = Iterator[Line]


class UnreadableFileError(ChangeTrackerError):
    """The file as a whole cannot be used; the message says why and what it holds."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell about one row, or about the whole file where `row` is None.

    An error stops the import; anything else is repaired as `reason` says.
    """

    row: int | None
    field: str
    reason: str
    is_error: bool = False

    def as_text(self) -> str:
        """One line for people, such as "Row 7, ends_on: …"."""
        if self.row is None:
            return f"{self.field}: {self.reason}" if self.field else self.reason
        if not self.field:
            return _("Row %(row)s: %(reason)s") % {"row": self.row, "reason": self.reason}
        return _("Row %(row)s, %(field)s: %(reason)s") % {
            "row": self.row,
            "field": self.field,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` as the file shows it, where the header is row 1.

    `values` has every column of the table: trimmed text, "" where nothing is said.
    """

    number: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says under our column names, column by column.

    `numbers` has the number of each row, `cells` the texts of each column in the same order.
    """

    numbers: Sequence[int]
    cells: Mapping[str, Sequence[str]]
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def columns(self) -> tuple[str, ...]:
        """Our names of the columns that the file has."""
        return tuple(self.cells)

    @property
    def rows(self) -> Iterator[Row]:
        """The same row by row."""
        for number, *texts in zip(self.numbers, *self.cells.values(), strict=True):
            yield Row(number, dict(zip(self.cells, texts, strict=True)))


class RefusedImportError(ChangeTrackerError):
    """The file has errors; nothing was applied. `problems` are all that was found."""

    code = "refused_import"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = sum(problem.is_error for problem in problems)
        text = ngettext(
            "The file has %(count)s error; nothing was applied.",
            "The file has %(count)s errors; nothing was applied.",
            count,
        )
        super().__init__(text % {"count": count})
