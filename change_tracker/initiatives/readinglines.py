"""Readings as a file holds them: which objective, which day, how much; checked cell by cell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from change_tracker.core.tables import (
    Problem,
    Row,
    Table,
    headings_of,
    in_our_languages,
    parse_date,
    parse_number,
    plain,
    read_content,
    tidy,
)
from change_tracker.initiatives.models import Measurement, Objective

#: Our columns, and what they are called in the files that we send.
HEADINGS = {
    "objective": gettext_lazy("Objective"),
    "measured_on": gettext_lazy("Measured on"),
    "value": gettext_lazy("Reading"),
    "note": gettext_lazy("Where it comes from"),
}
COLUMNS = tuple(HEADINGS)
REQUIRED = ("objective", "measured_on", "value")
#: What the column of a reading can hold.
LARGEST = Decimal("999999999999.99")
NOTE_LENGTH = Measurement._meta.get_field("note").max_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading; `objective` is its key. `note` is None where the file has none to say."""

    number: int
    objective: int
    measured_on: date
    value: Decimal
    note: str | None

    @property
    def key(self) -> tuple[int, date]:
        """What no two readings share."""
        return self.objective, self.measured_on


def table_of(content: bytes) -> Table:
    """The table of a file whose columns have our names, or those of our own files, in any language.

    Raises UnreadableFileError.
    """
    ours = {
        plain(each): name for name, words in HEADINGS.items() for each in in_our_languages(words)
    }
    mapping = {each: [ours[plain(each)]] for each in headings_of(content) if plain(each) in ours}
    return read_content(content, columns=COLUMNS, required=REQUIRED, mapping=mapping)


def lines_of(
    table: Table, objectives: Sequence[Objective], today: date
) -> tuple[list[Line], list[Problem]]:
    """The readings of `table`, and what is wrong with its rows. Objectives go by their titles."""
    known: dict[str, list[Objective]] = {}
    for each in objectives:
        known.setdefault(tidy(each.title).casefold(), []).append(each)
    problems = list(table.problems)
    lines = []
    for row in table.rows:
        found, wrong = _cells(row, known, today)
        problems += wrong
        if not wrong:
            lines.append(Line(number=row.number, **found))
    problems += _doubles(lines)
    if not table:
        problems.append(Problem(None, "", _("There is no reading in it."), is_error=True))
    return lines, problems


def _cells(
    row: Row, known: Mapping[str, list[Objective]], today: date
) -> tuple[dict[str, Any], list[Problem]]:
    readers: dict[str, Callable[[], Any]] = {
        "objective": lambda: _objective(row.values["objective"], known),
        "measured_on": lambda: _day(row.values["measured_on"], today),
        "value": lambda: _value(row.values["value"]),
        "note": lambda: _note(row.values.get("note")),
    }
    found: dict[str, Any] = {}
    wrong = []
    for name, read in readers.items():
        try:
            found[name] = read()
        except ValueError as error:
            wrong.append(Problem(row.number, name, str(error), is_error=True))
    return found, wrong


def _objective(text: str, known: Mapping[str, list[Objective]]) -> int:
    found = known.get(text.casefold(), [])
    if len(found) > 1:
        raise ValueError(
            _("Two objectives are called “%(title)s”; give one another title.") % {"title": text}
        )
    if not found:
        names = ", ".join(f"“{some[0].title}”" for some in known.values()) or _("none")
        raise ValueError(
            _("No objective is called “%(title)s”. There are: %(names)s.")
            % {"title": text, "names": names}
        )
    return found[0].pk


def _day(text: str, today: date) -> date:
    day = parse_date(text)
    if day > today:
        raise ValueError(_("This day is in the future."))
    return day


def _value(text: str) -> Decimal:
    value = parse_number(text)
    if abs(value) > LARGEST:
        raise ValueError(_("“%(text)s” is too much.") % {"text": text})
    return value.quantize(Decimal("0.01"))


def _note(note: str | None) -> str | None:
    if note and len(note) > (NOTE_LENGTH or 0):
        raise ValueError(_("This is longer than %(limit)s letters.") % {"limit": NOTE_LENGTH})
    return note


def _doubles(lines: Sequence[Line]) -> Iterator[Problem]:
    first: dict[tuple[int, date], int] = {}
    for line in lines:
        if line.key in first:
            reason = _("The same objective and day as in row %(row)s.") % {"row": first[line.key]}
            yield Problem(line.number, "measured_on", reason, is_error=True)
        first.setdefault(line.key, line.number)
