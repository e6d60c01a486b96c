"""Lines by the thousand, and column by column: what is in order is seen without a look at a cell.

One look at each cell of a file takes longer than all that a database does with it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice

from django.utils.translation import gettext as _

from change_tracker.core.tables.cells import has_control, storable, tidy, tidy_all, tidy_lines
from change_tracker.core.tables.rows import Line, Lines, Problem

LINES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: the number of each, their cells by column, and what is wrong with them."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    problems: Sequence[Problem]


def blocks(lines: Lines, width: int, prose: Collection[int] = ()) -> Iterator[Block]:
    """`lines` as tidy columns, `width` of them; lines without any text are left out.

    Columns at the places in `prose` keep the lines within their cells.
    """
    while some := list(islice(lines, LINES_AT_ONCE)):
        problems: list[Problem] = []
        fitted = [_fitted(line, width, problems) for line in some]
        numbers = [number for number, _cells in some]
        raw = list(zip(*fitted, strict=True))
        columns = [
            tidy_all(column, tidy_lines if place in prose else tidy)
            for place, column in enumerate(raw)
        ]
        mended = [each for each, was in zip(columns, raw, strict=True) if each is not was]
        found = list(_controls(numbers, mended))
        if found:
            # Whoever is told of it is shown the rest of the row, and that is stored.
            columns = [list(map(storable, each)) for each in columns]
        problems += found
        yield _without_empty(numbers, columns, problems)


def _fitted(line: Line, width: int, problems: list[Problem]) -> list[str]:
    """The cells of `line`, as many as there are columns; more that say something are an error."""
    number, cells = line
    if len(cells) > width:
        # A workbook gives as many as a file may have, nearly all of them empty.
        if any(map(tidy, filter(None, cells[width:]))):
            reason = _("There are more cells than columns; is a separator not in quotes?")
            problems.append(Problem(number, "", reason, is_error=True))
        return cells[:width]
    return cells if len(cells) == width else cells + [""] * (width - len(cells))


def unstorable(number: int) -> Problem:
    """What is wrong with a row that has a character which no database takes."""
    reason = _("There is a character in it that cannot be stored.")
    return Problem(number, "", reason, is_error=True)


def _controls(numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> Iterator[Problem]:
    for number, *cells in zip(numbers, *columns, strict=True):
        if any(has_control(cell) for cell in cells):
            yield unstorable(number)


def _without_empty(
    numbers: Sequence[int], columns: Sequence[Sequence[str]], problems: Sequence[Problem]
) -> Block:
    # Whoever says something says it in the first column nearly always.
    if "" not in columns[0]:
        return Block(numbers, columns, problems)
    kept = [any(cells) for cells in zip(*columns, strict=True)]
    return Block(
        list(compress(numbers, kept)), [list(compress(each, kept)) for each in columns], problems
    )
