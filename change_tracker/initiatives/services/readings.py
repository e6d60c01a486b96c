"""What an objective was found to be, day by day: typed, posted and imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import change_row, create_row, delete_row, lock
from change_tracker.core.tables import RefusedImportError, Table, tidy
from change_tracker.initiatives.models import Initiative, Measurement, Objective
from change_tracker.initiatives.readinglines import Line, lines_of
from change_tracker.initiatives.services.members import AlreadyThereError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsImport:
    """How many readings are new, have another value than before, or were there as they are."""

    new: int
    changed: int
    same: int


def record_reading(
    *,
    objective: Objective,
    measured_on: date,
    value: Decimal,
    actor: User | None,
    now: datetime,
    note: str = "",
) -> Measurement:
    """Say what an objective was found to be on a day. The same again is no second reading.

    Raises AlreadyThereError when that day has another value, or comes from somewhere else;
    ValidationError for a day to come.
    """
    _require_past(measured_on, now)
    there = Measurement.objects.filter(objective=objective, measured_on=measured_on)
    try:
        with transaction.atomic():
            return create_row(
                Measurement,
                objective=objective,
                measured_on=measured_on,
                value=value,
                note=note,
                actor=actor,
                now=now,
            )
    except IntegrityError as error:
        known = there.first()
        if known is None:
            raise
        if known.value == value and note in {"", known.note}:
            return known
        raise AlreadyThereError(
            _("That day has a reading already: %(value)s. Change that one.")
            % {"value": known.value}
        ) from error


def change_reading(
    reading: Measurement,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Measurement:
    """Correct a reading. Raises AlreadyThereError when its new day has one, StaleRowError."""
    _require_past(changes.get("measured_on", reading.measured_on), now)
    try:
        with transaction.atomic():
            return change_row(
                reading, actor=actor, now=now, expected_version=expected_version, **changes
            )
    except IntegrityError as error:
        raise AlreadyThereError(_("That day has a reading already. Change that one.")) from error


def delete_reading(reading: Measurement, *, actor: User | None, now: datetime) -> None:
    """Take a reading back that was none; history keeps that it was there."""
    delete_row(reading, actor=actor, now=now)


def import_readings(
    *, initiative: Initiative, table: Table, actor: User | None, now: datetime
) -> ReadingsImport:
    """Record every row of `table`: a row's day that has another value gets the one of the file.

    All or nothing. Raises RefusedImportError with what is wrong, row by row; StaleRowError where
    somebody records one of them at the same moment. The number of queries does not grow with the
    rows, but for the batches in which they are written.
    """
    try:
        return _import(initiative, table, actor, now)
    except IntegrityError as error:
        raise StaleRowError from error


def _import(
    initiative: Initiative, table: Table, actor: User | None, now: datetime
) -> ReadingsImport:
    with transaction.atomic():
        lock(initiative)
        objectives = list(initiative.objectives.order_by("pk"))
        lines, problems = lines_of(table, objectives, timezone.localdate(now))
        if any(problem.is_error for problem in problems):
            raise RefusedImportError(problems)
        return _write(lines, initiative, actor, now)


def _write(
    lines: Sequence[Line], initiative: Initiative, actor: User | None, now: datetime
) -> ReadingsImport:
    rows = Measurement.objects.filter(objective__in=initiative.objectives.values("pk"))
    # Held: what somebody corrects or takes back at the same moment waits, and is told so.
    held = rows.order_by("pk").select_for_update()
    known = {(each.objective_id, each.measured_on): each for each in held}
    new, changed = [], []
    for line in lines:
        there = known.get(line.key)
        if there is None:
            new.append(line)
        elif _differs(there, line):
            there.value, there.version = line.value, there.version + 1
            there.note = there.note if line.note is None else line.note
            changed.append(there)
    Measurement.objects.bulk_create((_reading_of(line) for line in new), batch_size=1000)
    Measurement.objects.bulk_update(changed, ["value", "note", "version"], batch_size=500)
    # Read again: not every database tells the keys of what was written in bulk.
    keys = {line.key for line in new}
    added = [each for each in rows.all() if (each.objective_id, each.measured_on) in keys]
    by: dict[str, Any] = {"actor": actor, "now": now, "scope": initiative.audit_scope}
    audit.record_many(
        [
            *(audit.event(obj=each, verb="created", **by) for each in added),
            *(
                audit.event(obj=each, verb="changed", changes={"value": str(each.value)}, **by)
                for each in changed
            ),
        ]
    )
    same = len(lines) - len(new) - len(changed)
    return ReadingsImport(new=len(new), changed=len(changed), same=same)


def _differs(there: Measurement, line: Line) -> bool:
    says_other = line.note is not None and line.note != tidy(there.note)
    return there.value != line.value or says_other


def _reading_of(line: Line) -> Measurement:
    return Measurement(
        objective_id=line.objective,
        measured_on=line.measured_on,
        value=line.value,
        note=line.note or "",
    )


def _require_past(day: date, now: datetime) -> None:
    if day > timezone.localdate(now):
        raise ValidationError({"measured_on": _("A reading is of a day that has come.")})
