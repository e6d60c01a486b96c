"""From the rows of a spreadsheet to what they would make, change and leave."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import Problem, Row, Table
from change_tracker.core.validators import days_in_order
from change_tracker.initiatives.services import require_way
from change_tracker.mitigation.errors import ForeignFieldError
from change_tracker.mitigation.kinds import EMPTY, foreign_to
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.mitigation.services import kind_of_work, require_order
from change_tracker.people.models import Person
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.services.register import (
    is_of_kind,
    lacking_last_time,
    require_still_accepted,
)
from change_tracker.spreadsheets.columns import KEEP, Column, Sheet
from change_tracker.spreadsheets.names import Names, key_of_new, said_of
from change_tracker.spreadsheets.services.changes import Changes, Line, Part
from change_tracker.spreadsheets.services.stored import REVIEW, Lookups, Stored, same
from change_tracker.spreadsheets.sheets import (
    ACTIONS,
    GROUPS,
    NUMBER,
    OBJECTIVES,
    RESISTANCE,
    SHEETS,
)


def compare(
    tables: Mapping[str, Table], stored: Mapping[str, Mapping[int, Stored]], names: Lookups
) -> Changes:
    """What `tables`, by the keys of their sheets, would do to what is `stored`."""
    parts, problems = [], []
    for sheet in SHEETS:
        if sheet.key not in tables:
            continue
        table, there = tables[sheet.key], stored[sheet.key]
        reader = _Reader(sheet, table, there, names)
        lines = list(reader.lines())
        # Actions answer what the register of the same file adds.
        if sheet is RESISTANCE:
            _name_entries(lines, names.entries)
        problems += [*table.problems, *reader.problems]
        met = {each.stored.row.pk for each in lines if each.stored}
        parts.append(Part(sheet=sheet, lines=lines, left=len(there.keys() - met)))
    return Changes(parts=parts, problems=problems)


class _Reader:
    """The rows of one sheet."""

    def __init__(
        self, sheet: Sheet, table: Table, stored: Mapping[int, Stored], names: Lookups
    ) -> None:
        self._sheet, self._table, self._stored, self._names = sheet, table, stored, names
        self._columns = [each for each in sheet.columns if each.name in table.columns]
        # A number says which row it is in its own column only: here it is words like others.
        self._known: Names[int] = Names(
            [(key, str(each.values[sheet.named_by]), "") for key, each in stored.items()]
        )
        self.problems: list[Problem] = []

    def lines(self) -> Iterator[Line]:
        """Those without an error."""
        first: dict[Any, int] = {}
        for row in self._table.rows:
            before = len(self.problems)
            line = self._line(row)
            if line is not None:
                self._refuse_doubles(line, first)
                self._check(line)
            if line is not None and len(self.problems) == before:
                yield line

    def _line(self, row: Row) -> Line | None:
        values, is_good = {}, True
        for column in self._columns:
            try:
                value = self._value(column, row.values[column.name])
            except ValueError as error:
                self._wrong(row.number, column.name, str(error))
                is_good = False
                continue
            if value is not KEEP:
                values[column.name] = value
        if not is_good:
            return None
        try:
            stored = self._meant(values)
        except ValueError as error:
            self._wrong(row.number, self._sheet.named_by, str(error))
            return None
        name = row.values[self._sheet.named_by]
        return Line(number=row.number, values=values, name=name, stored=stored)

    def _value(self, column: Column, cell: str) -> Any:
        if cell:
            return column.read(cell, self._names)
        if column.required:
            raise ValueError(_("This is empty."))
        return column.empty

    def _meant(self, values: Mapping[str, Any]) -> Stored | None:
        """The row of ours: by a number that an exported file gave it, else by its name."""
        number, name = str(values.get("number", "")), str(values[self._sheet.named_by])
        if self._sheet is not GROUPS and number.startswith("#"):
            key = number.removeprefix("#")
            if key.isdecimal() and int(key) in self._stored:
                return self._stored[int(key)]
        called = self._known.all_called(name)
        if len(called) > 1:
            raise ValueError(
                _("This is here several times. Write its number under “%(column)s”: %(numbers)s.")
                % {"column": NUMBER.heading, "numbers": ", ".join(f"#{each}" for each in called)}
            )
        return self._stored[next(iter(called))] if called else None

    def _refuse_doubles(self, line: Line, first: dict[Any, int]) -> None:
        name = said_of(str(line.values[self._sheet.named_by]))
        key = line.stored.row.pk if line.stored else name
        if first.setdefault(key, line.number) != line.number:
            reason = _("This is the same as in row %(row)s.") % {"row": first[key]}
            self._wrong(line.number, self._sheet.named_by, reason)

    def _check(self, line: Line) -> None:
        """What the row changes, and whether it may."""
        said = dict(line.stored.values) if line.stored else {}
        line.changes = {
            name: value
            for name, value in line.values.items()
            if name not in ("number", *REVIEW) and not same(said.get(name, KEEP), value)
        }
        said |= line.values
        if self._sheet is RESISTANCE:
            self._check_entry(line, said)
        elif self._sheet is ACTIONS:
            self._check_action(line, said)
        elif self._sheet is OBJECTIVES:
            self._refused(
                line, "direction", require_way, line.changes, getattr(line.stored, "row", None)
            )
        elif self._sheet is GROUPS:
            days = said.get("from_on"), said.get("to_on")
            self._refused(line, "to_on", days_in_order, *days, field="to_on")
        if line.stored is None:
            line.changes = {}

    def _check_entry(self, line: Line, said: Mapping[str, Any]) -> None:
        kind = SourceType(pk=said["type"], slug=self._names.kinds.code_of(said["type"]))
        for name, words in lacking_last_time(kind, said).items():
            self._wrong(line.number, name, str(words))
        if line.stored and line.stored.row.state == ResistanceSource.State.ACCEPTED:
            owner = said["owner"]
            held = {"owner": Person(pk=owner) if owner else None, "review_on": said["review_on"]}
            self._refused(line, "owner", require_still_accepted, line.stored.row, held)
        self._take_stage(line)
        line.review = self._review(line)

    def _take_stage(self, line: Line) -> None:
        """The readiness stage is the one of the kind, unless somebody chose another."""
        stages = self._names.stage_of_kind
        if line.stored is None:
            line.values["stage"] = stages[line.values["type"]]
        elif "type" in line.changes:
            row, stage = line.stored.row, stages[line.changes["type"]]
            if stage != row.stage and is_of_kind(row.stage, stages.get(row.type_id, "")):
                line.changes["stage"] = stage

    def _review(self, line: Line) -> tuple[int, date, str] | None:
        """The judgement that a row adds, if it is none of those that there are."""
        level, day, note = (line.values.get(name) for name in REVIEW)
        before = line.stored.values if line.stored else {}
        reviews = line.stored.reviews if line.stored else set()
        if level is None or (day, level) in reviews:
            return None
        # Whoever changes the level that an exported file says seldom changes the day beside it.
        if day is None or day in {each for each, _level in reviews}:
            if before.get("level") == level:
                return None
            day = self._names.today
            note = "" if note and same(before.get("note"), note) else note
        return level, day, note or ""

    def _check_action(self, line: Line, said: dict[str, Any]) -> None:
        strategy = said.get("strategy")
        kind = line.values.get("kind") or ("" if strategy else said.get("kind", ""))
        theirs = self._names.kind_of_strategy.get(strategy, "") if strategy else ""
        found = self._refused(
            line, "kind", kind_of_work, kind, theirs, self._names.strategies.say(strategy)
        )
        if found and not same(said.get("kind"), found):
            line.values["kind"] = line.changes["kind"] = found
        if line.stored and "kind" in line.changes:
            # What only the kind before had goes with it.
            row = line.stored.row
            had = foreign_to(line.changes["kind"]).keys() - foreign_to(row.kind).keys()
            line.changes |= {name: value for name, value in EMPTY.items() if name in had}
        self._check_own(line, found or kind, said)
        if "position" in line.changes and line.stored and line.stored.row.state not in OPEN_STATES:
            reason = _("This action has ended, so it does not move on the hill.")
            self._wrong(line.number, "position", reason)

    def _check_own(self, line: Line, kind: str, said: Mapping[str, Any]) -> None:
        """What the kind of work does not have, and the order of its days."""
        for name in foreign_to(kind):
            if line.values.get(name):
                self._wrong(line.number, name, str(ForeignFieldError(MitigationAction, name, kind)))
        self._refused(line, "evaluate_again_on", require_order, said)

    def _refused(self, line: Line, name: str, rule: Any, *about: Any, **more: Any) -> Any:
        try:
            return rule(*about, **more)
        except ChangeTrackerError as error:
            self._wrong(line.number, name, str(error))
        except ValidationError as error:
            self._wrong(line.number, name, " ".join(error.messages))
        return None

    def _wrong(self, number: int, name: str, reason: str) -> None:
        heading = next(str(each.heading) for each in self._sheet.columns if each.name == name)
        where = f"{self._sheet.title}: {heading}"
        self.problems.append(Problem(number, where, reason, is_error=True))


def _name_entries(lines: Sequence[Line], entries: Names[Any]) -> None:
    for line in lines:
        statement = line.values["statement"]
        key = line.stored.row.pk if line.stored else key_of_new(statement)
        entries.add(key, statement, line.values.get("number") or "")
