"""From a table to typed records: every cell checked, every problem with its row and field."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import CharField
from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem, Row, Table, parse_date
from change_tracker.people.models import OrgUnit, Person
from change_tracker.people.rules import known_language, known_timezone

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
#: Pairs of dates: the later one, and the one that it may not be before.
ORDERED = {"ends_on": "starts_on", "absent_to": "absent_from"}
DATES = frozenset({*ORDERED, *ORDERED.values()})
#: Our columns that are columns of Person as they stand; the others are references.
FIELD_OF = {
    "name": "display_name",
    "email": "email",
    "job_title": "job_title",
    "location": "location",
    "timezone": "timezone",
    "language": "language",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
}


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
    """Everything that a source says; `source` names it in the list of syncs.

    `units` are those that have a key; other units are known by the names that people give.
    """

    source: str
    columns: tuple[str, ...]
    records: tuple[PersonRecord, ...]
    problems: tuple[Problem, ...]
    units: tuple[UnitRecord, ...] = ()

    @property
    def speaks_of_units(self) -> bool:
        """Whether the source says in which unit people are."""
        return bool({"unit", "unit_id"} & {*self.columns})


def read_roster(table: Table, *, source: str, units: Iterable[UnitRecord] = ()) -> Roster:
    """Check every cell of `table`; what cannot be used is an error or a stated repair.

    Rows without a key, and all but the first with the same key, are errors and no records. `units`
    are those that the source lists beside its people; rows with a unit_id add theirs.
    """
    problems = list(table.problems)
    records = [_record(row, problems) for row in table.rows]
    problems += _half_absences(table)
    problems += _double_ids(records)
    if not records:
        problems.append(Problem(None, "", _("There is nobody in it."), is_error=True))
    by_id: dict[str, PersonRecord] = {}
    for record in records:
        if record.external_id:
            by_id.setdefault(record.external_id, record)
    listed = tuple(_units(units, by_id.values()))
    return Roster(source[:200], table.columns, tuple(by_id.values()), tuple(problems), listed)


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


def _record(row: Row, problems: list[Problem]) -> PersonRecord:
    said: dict[str, Any] = {}
    for column, text in row.values.items():
        value, problem = _checked(column, text)
        said[column] = value
        if problem is not None:
            reason, is_error = problem
            problems.append(Problem(row.number, column, reason, is_error))
    for last, first in ORDERED.items():
        if _ends_too_early(said.get(first), said.get(last)):
            reason = _("The last day is before the first.")
            problems.append(Problem(row.number, last, reason, is_error=True))
    problems += _half_absence(row, said)
    return PersonRecord(row.number, said["external_id"], said)


Checked = tuple[Any, tuple[str, bool] | None]


def _checked(column: str, text: str) -> Checked:
    """The value of a cell, and what is wrong with it: a reason, and whether it is an error."""
    if column in DATES:
        return _date(text)
    if not text:
        return "", ((_("It is empty."), True) if column == "external_id" else None)
    limit = LONGEST.get(column)
    if limit is not None and len(text) > limit:
        reason = _("It is longer than %(limit)s characters.") % {"limit": limit}
        return text, (reason, True)
    check = CHECKS.get(column)
    return check(text) if check is not None else (text, None)


def _date(text: str) -> Checked:
    if not text:
        return None, None
    try:
        return _day(text), None
    except ValueError as error:
        return None, (str(error), True)


@lru_cache(maxsize=10_000)
def _day(text: str) -> date:
    # A roster repeats its dates; errors are not kept, they speak the caller's language.
    return parse_date(text)


def _email(text: str) -> Checked:
    try:
        validate_email(text)
    except ValidationError:
        return "", (_("“%(text)s” is no e-mail address; left empty.") % {"text": text}, False)
    return text, None


def _timezone(text: str) -> Checked:
    found = known_timezone(text)
    if found is None:
        return "", (_("The time zone “%(text)s” is not known; left empty.") % {"text": text}, False)
    return found, None


def _language(text: str) -> Checked:
    found = known_language(text)
    if found is None:
        return "", (_("The language “%(text)s” is not known; left empty.") % {"text": text}, False)
    return found, None


CHECKS: dict[str, Callable[[str], Checked]] = {
    "email": _email,
    "timezone": _timezone,
    "language": _language,
}


def _longest() -> dict[str, int]:
    fields = {column: Person._meta.get_field(field) for column, field in FIELD_OF.items()}
    fields["external_id"] = Person._meta.get_field("external_id")
    fields["unit"] = fields["unit_parent"] = OrgUnit._meta.get_field("name")
    fields["unit_id"] = OrgUnit._meta.get_field("external_id")
    return {
        column: field.max_length
        for column, field in fields.items()
        if isinstance(field, CharField) and field.max_length
    }


LONGEST = _longest()


def _ends_too_early(first: date | None, last: date | None) -> bool:
    return bool(first and last and last < first)


def _half_absences(table: Table) -> Iterator[Problem]:
    """A note where the source has one column of an absence without the other."""
    found = [name for name in ("absent_from", "absent_to") if name in table.columns]
    if len(found) == 1:
        yield Problem(1, found[0], _("absent_from and absent_to go together; not used."))


def _half_absence(row: Row, said: dict[str, Any]) -> Iterator[Problem]:
    """A note where a person's absence has one day without the other."""
    if not {"absent_from", "absent_to"} <= said.keys():
        return
    for column, other in (("absent_from", "absent_to"), ("absent_to", "absent_from")):
        # What could not be read is an error already.
        if said[column] is None and said[other] is not None and not row.values[column]:
            yield Problem(row.number, column, _("It is empty; the absence is left out."))


def _double_ids(records: list[PersonRecord]) -> Iterator[Problem]:
    rows: dict[str, list[int]] = defaultdict(list)
    for record in records:
        rows[record.external_id].append(record.row)
    for external_id, numbers in rows.items():
        if external_id and len(numbers) > 1:
            listed = ", ".join(str(number) for number in numbers)
            reason = _("“%(id)s” is there more than once: rows %(rows)s.") % {
                "id": external_id,
                "rows": listed,
            }
            yield Problem(numbers[0], "external_id", reason, is_error=True)
