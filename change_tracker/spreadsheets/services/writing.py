"""Writing what a spreadsheet makes and changes: a few statements for each sheet."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import person_of
from change_tracker.people.models import OrgUnit
from change_tracker.people.services.audiences import Clause, create_audience
from change_tracker.resistance.models import ResistanceReview, ResistanceSource
from change_tracker.signals import announce, resistance_observed
from change_tracker.spreadsheets.names import key_of_new, said_of
from change_tracker.spreadsheets.services.changes import Changes, Line, Part
from change_tracker.spreadsheets.services.stored import REVIEW, SETS
from change_tracker.spreadsheets.sheets import RESISTANCE

BATCH = 500
UNIT = "unit:"
#: Days of which people are reminded anew when they change, in rows that count their dates.
DATES = frozenset({"due_on", "review_on"})


class Writer:
    """Writes change lists into one initiative, in the transaction of the caller."""

    def __init__(
        self, initiative: Initiative, *, actor: User | None, today: date, now: datetime
    ) -> None:
        self._initiative, self._today = initiative, today
        self._by: dict[str, Any] = {"actor": actor, "now": now}
        self._events: list[Any] = []
        #: keys of what was made, by those that they had before: of groups and of entries
        self._made: dict[str, int] = {}

    def write(self, changes: Changes) -> None:
        """All of it, with history."""
        self._make_groups(changes)
        for part in changes.parts:
            self._write(part)
        audit.record_many(self._events)

    def _make_groups(self, changes: Changes) -> None:
        """A group of each unit that is named like one."""
        wanted = {
            key
            for part in changes.parts
            for line in part.lines
            for key in (line.values.get("audience"), *line.values.get("audiences", ()))
            if key and key.startswith(UNIT)
        }
        units = OrgUnit.objects.filter(pk__in=[key.removeprefix(UNIT) for key in wanted])
        for unit in units.order_by("pk"):
            group = create_audience(
                name=unit.name,
                clauses=[Clause(kind="unit", unit=unit)],
                today=self._today,
                **self._by,
            )
            self._made[f"{UNIT}{unit.pk}"] = group.pk

    def _write(self, part: Part) -> None:
        added = self._add(part)
        for line in part.changed:
            self._change(line)
        named = {name for line in part.changed for name in line.changes} - {*SETS}
        counted = ["due_revision"] if named & _dates_of(part.sheet.model) else []
        rows = [line.stored.row for line in part.changed if line.stored and line.changes]
        part.sheet.model._default_manager.bulk_update(
            rows, [*sorted(named), *counted, "version"], batch_size=BATCH
        )
        for name in SETS:
            if name in part.sheet.names or any(name in line.changes for line in part.changed):
                self._write_set(part, name, added)
        if part.sheet is RESISTANCE:
            self._review(part, added)

    def _add(self, part: Part) -> dict[str, Any]:
        """The rows that are new, by their names."""
        if not part.new:
            return {}
        model: Any = part.sheet.model
        rows = model._default_manager.filter(initiative=self._initiative)
        known = set(rows.values_list("pk", flat=True))
        model._default_manager.bulk_create(
            (model(**self._columns_of(part, line)) for line in part.new), batch_size=BATCH
        )
        # Read again: not every database tells the keys of what was written in bulk.
        added = [row for row in rows.order_by("pk") if row.pk not in known]
        for row in added:
            self._note(row, "created")
            if part.sheet is RESISTANCE:
                self._made[key_of_new(row.statement)] = row.pk
                announce(resistance_observed, ResistanceSource, source=row)
        return {self._name_of(part, row): row for row in added}

    def _name_of(self, part: Part, row: Any) -> str:
        named = getattr(row, row._meta.get_field(part.sheet.named_by).attname)
        return said_of(str(named))

    def _columns_of(self, part: Part, line: Line) -> dict[str, Any]:
        """What a new row is made with."""
        said = dict(
            self._column(part.sheet.model, name, value)
            for name, value in line.values.items()
            if name not in ("number", *REVIEW, *SETS)
        )
        return said | {"initiative": self._initiative}

    def _change(self, line: Line) -> None:
        if line.stored is None or not line.changes:
            return
        row = line.stored.row
        for name, value in line.changes.items():
            if name not in SETS:
                setattr(row, *self._column(type(row), name, value))
        row.version += 1
        if line.changes.keys() & _dates_of(type(row)):
            row.due_revision += 1
        self._note(row, "changed", {name: self._plain(row, name, line) for name in line.changes})

    def _plain(self, row: Any, name: str, line: Line) -> Any:
        value = line.changes[name]
        if name in SETS:
            return sorted(self._key(each) for each in value)
        return audit.plain(row._meta.get_field(name), self._column(type(row), name, value)[1])

    def _write_set(self, part: Part, name: str, added: Mapping[str, Any]) -> None:
        """What rows refer to in the table `name`."""
        many: Any = part.sheet.model._meta.get_field(name)
        through = many.remote_field.through
        of, to = f"{many.m2m_field_name()}_id", f"{many.m2m_reverse_field_name()}_id"
        wanted: dict[int, Iterable[Any]] = {}
        for line in part.lines:
            if line.stored is None:
                named = said_of(str(line.values[part.sheet.named_by]))
                wanted[added[named].pk] = line.values.get(name, ())
            elif name in line.changes:
                wanted[line.stored.row.pk] = line.changes[name]
        through._default_manager.filter(**{f"{of}__in": list(wanted)}).delete()
        through._default_manager.bulk_create(
            (
                through(**{of: key, to: self._key(each)})
                for key, some in wanted.items()
                for each in sorted(some, key=str)
            ),
            batch_size=BATCH,
        )

    def _review(self, part: Part, added: Mapping[str, Any]) -> None:
        """Judgements of levels, by whoever brings the file in."""
        reviewer = person_of(self._by["actor"])
        wanted = []
        for line in part.lines:
            if line.review is None:
                continue
            named = said_of(line.values["statement"])
            source = line.stored.row if line.stored else added[named]
            level, day, note = line.review
            wanted.append(
                ResistanceReview(
                    source=source, level=level, reviewed_on=day, note=note, reviewer=reviewer
                )
            )
        if not wanted:
            return
        rows = ResistanceReview.objects.filter(source__initiative=self._initiative)
        known = set(rows.values_list("pk", flat=True))
        ResistanceReview.objects.bulk_create(wanted, batch_size=BATCH)
        for row in rows.order_by("pk"):
            if row.pk not in known:
                self._note(row, "created")

    def _column(self, model: Any, name: str, value: Any) -> tuple[str, Any]:
        """The column of a row, and what stands in it."""
        field: Any = model._meta.get_field(name)
        return field.attname, self._key(value) if field.is_relation else value

    def _key(self, value: Any) -> Any:
        """The key of a row that is referred to, also of one that was made just now."""
        if isinstance(value, str):
            return self._made[value] if value in self._made else int(value)
        return value

    def _note(self, row: Any, verb: str, changes: Mapping[str, Any] | None = None) -> None:
        scope = self._initiative.audit_scope
        self._events.append(
            audit.event(obj=row, verb=verb, scope=scope, changes=changes, **self._by)
        )


def _dates_of(model: Any) -> frozenset[str]:
    """The days whose changes rows of `model` count."""
    return DATES if hasattr(model, "due_revision") else frozenset()
