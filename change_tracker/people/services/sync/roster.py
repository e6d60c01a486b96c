"""From a table to what a source says: every cell checked, every problem with its row and field."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem, Table
from change_tracker.people.services.sync.checks import ORDERED, check_column

COLUMNS = (
    "external_id",
    "name",
    "email",
    "job_title",
    "unit_id",
    "unit",
    "unit_parent",
    "manager",
    "location",
    "timezone",
    "language",
    "starts_on",
    "ends_on",
    "username",
    "absent_from",
    "absent_to",
)
REQUIRED = ("external_id", "name")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What a source says about one person: `said` has an entry for each column it has.

    Dates are dates, None where the cell is empty; everything else is text.
    """

    row: int
    external_id: str
    said: dict[str, Any]

    @property
    def unit(self) -> str:
        """What the source calls the person's unit: its key where it has one, else its name."""
        return str(self.said.get("unit_id") or self.said.get("unit") or "")


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit that has a key of its own in the source, so that it can be renamed and moved."""

    key: str
    name: str
    row: int | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that a source says, column by column; `source` names it in the list of syncs.

    Everybody is in it once: `numbers` has the rows, `said` the values of each column in the same
    order, as a PersonRecord has them. `units` are those that have a key; other units are known by
    the names that people give.
    """

    source: str
    numbers: Sequence[int]
    said: Mapping[str, Sequence[Any]]
    problems: tuple[Problem, ...]
    units: tuple[UnitRecord, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def keys(self) -> Sequence[str]:
        """The external_id of everybody."""
        return self.said["external_id"]

    @property
    def unit_names(self) -> Sequence[str]:
        """What the source calls everybody's unit, as `PersonRecord.unit`."""
        by_key, by_name = self.said.get("unit_id"), self.said.get("unit")
        if by_key is None or by_name is None:
            return by_key or by_name or [""] * len(self)
        return [key or name for key, name in zip(by_key, by_name, strict=True)]

    @property
    def speaks_of_units(self) -> bool:
        """Whether the source says in which unit people are."""
        return not self.said.keys().isdisjoint({"unit", "unit_id"})

    def records(self, places: Iterable[int]) -> Iterator[PersonRecord]:
        """What is said about those who stand at `places`, counted from 0."""
        for place in places:
            said = {column: values[place] for column, values in self.said.items()}
            yield PersonRecord(self.numbers[place], said["external_id"], said)

    def first_records(self, *columns: str) -> list[PersonRecord]:
        """The first record of each combination of values of those of `columns` that it has."""
        there = [self.said[column] for column in columns if column in self.said]
        # The last one to be written stays, so that this takes one pass without a look at a row.
        combinations = zip(*map(reversed, there), strict=True)
        places = dict(zip(combinations, reversed(range(len(self))), strict=False))
        return list(self.records(sorted(places.values())))


def read_roster(table: Table, *, source: str, units: Iterable[UnitRecord] = ()) -> Roster:
    """Check every cell of `table`; what cannot be used is an error or a stated repair.

    Rows without a key, and all but the first with the same key, are errors and no records. `units`
    are those that the source lists beside its people; rows with a unit_id add theirs.
    """
    said: dict[str, Sequence[Any]] = {}
    problems = list(table.problems)
    for column, texts in table.cells.items():
        said[column], found = check_column(column, texts, table.numbers)
        problems += found
    problems += (*_reversed_dates(table, said), *_half_absences(table, said))
    problems += _double_ids(table)
    if not table:
        problems.append(Problem(None, "", _("There is nobody in it."), is_error=True))
    numbers, said = _once(table.numbers, said)
    roster = Roster(source[:200], numbers, said, tuple(problems))
    return replace(roster, units=tuple(_units(units, roster.first_records("unit_id"))))


def _once(
    numbers: Sequence[int], said: dict[str, Sequence[Any]]
) -> tuple[Sequence[int], dict[str, Sequence[Any]]]:
    """The rows with a key, and of those with the same one the first."""
    first: dict[str, int] = {}
    for place, key in enumerate(said["external_id"]):
        first.setdefault(key, place)
    first.pop("", None)
    if len(first) == len(numbers):
        return numbers, said
    kept = [*first.values()]
    return [numbers[place] for place in kept], {
        column: [values[place] for place in kept] for column, values in said.items()
    }


def _units(listed: Iterable[UnitRecord], records: Iterable[PersonRecord]) -> Iterator[UnitRecord]:
    """Every unit with a key, once: as the source lists it, else as the first row names it."""
    seen: set[str] = set()
    named = (
        UnitRecord(record.said["unit_id"], record.said.get("unit", ""), record.row)
        for record in records
        if record.said.get("unit_id")
    )
    for unit in (*listed, *named):
        if unit.key.casefold() not in seen:
            seen.add(unit.key.casefold())
            yield unit


def _reversed_dates(table: Table, said: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    for last, first in ORDERED.items():
        if {last, first} <= said.keys():
            for number, begins, ends in zip(table.numbers, said[first], said[last], strict=True):
                if begins and ends and ends < begins:
                    reason = _("The last day is before the first.")
                    yield Problem(number, last, reason, is_error=True)


def _half_absences(table: Table, said: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    """A note where an absence has one day without the other, or the source one of the columns."""
    found = [name for name in ("absent_from", "absent_to") if name in said]
    if len(found) == 1:
        yield Problem(1, found[0], _("absent_from and absent_to go together; not used."))
    if len(found) < 2:
        return
    for column, other in (found, reversed(found)):
        for number, text, day in zip(table.numbers, table.cells[column], said[other], strict=True):
            # What could not be read is an error already.
            if day is not None and not text:
                yield Problem(number, column, _("It is empty; the absence is left out."))


def _double_ids(table: Table) -> Iterator[Problem]:
    keys = table.cells["external_id"]
    if len(set(keys)) == len(keys):
        return
    rows: dict[str, list[int]] = defaultdict(list)
    for number, key in zip(table.numbers, keys, strict=True):
        rows[key].append(number)
    for external_id, numbers in rows.items():
        if external_id and len(numbers) > 1:
            listed = ", ".join(str(number) for number in numbers)
            reason = _("“%(id)s” is there more than once: rows %(rows)s.") % {
                "id": external_id,
                "rows": listed,
            }
            yield Problem(numbers[0], "external_id", reason, is_error=True)
