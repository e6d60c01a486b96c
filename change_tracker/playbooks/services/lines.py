"""Changing a playbook by hand: each change of a line is a new version of the playbook."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.services import fill_sets, lock
from change_tracker.mitigation.errors import ForeignFieldError
from change_tracker.playbooks.models import Playbook, PlaybookAction
from change_tracker.playbooks.models.templates import PlaybookLine
from change_tracker.playbooks.own import COLUMNS, foreign_in

#: The sets of rows that lines have.
SETS = ("answers", "topics", "units")


def change_line(line: Any, *, actor: User | None, now: datetime, **changes: Any) -> PlaybookLine:
    """Change a line; initiatives that applied it are offered the change.

    What others have made of it since `line` was read stays. Raises StaleRowError where it was taken
    out.
    """
    with transaction.atomic():
        raise_version(line.playbook, actor=actor, now=now)
        return write_line(lock(line), changes)


def remove_line(line: Any, *, actor: User | None, now: datetime) -> None:
    """Take a line out; what it has become stays where it was applied.

    Raises StaleRowError where somebody else took it out.
    """
    with transaction.atomic():
        raise_version(line.playbook, actor=actor, now=now)
        lock(line).delete()


def raise_version(playbook: Playbook, *, actor: User | None, now: datetime) -> None:
    """Make what changes a new version, with a line of history; held until the end."""
    lock(playbook)
    Playbook.objects.filter(pk=playbook.pk).update(version=F("version") + 1)
    playbook.refresh_from_db(fields=["version"])
    changes = {"version": playbook.version}
    audit.record(obj=playbook, verb="changed", actor=actor, now=now, changes=changes)


def write_lines(
    model: type[PlaybookLine], playbook: Playbook, lines: Sequence[dict[str, Any]]
) -> None:
    """Write new lines in their order, in one statement and two for each kind of set."""
    if not lines:
        return
    sets = [name for name in SETS if name in lines[0]]
    kind: Any = model
    made = kind._default_manager.bulk_create(
        kind(playbook=playbook, **{name: said[name] for name in said if name not in sets})
        for said in lines
    )
    for name in sets:
        of_each = {row.pk: said[name] for row, said in zip(made, lines, strict=True)}
        fill_sets(model, name, of_each)


def write_line(line: PlaybookLine, values: dict[str, Any]) -> PlaybookLine:
    """Write the columns of a line, and its sets of rows; the version is the caller's."""
    many = {name: values[name] for name in SETS if name in values}
    for name, value in values.items():
        if name not in many:
            setattr(line, name, value)
    if isinstance(line, PlaybookAction):
        _require_own(line)
    line.save()
    for name, rows in many.items():
        getattr(line, name).set(rows)
    return line


def _require_own(line: PlaybookAction) -> None:
    said = {name: getattr(line, name) for name in COLUMNS}
    for name in foreign_in(line.kind, said):
        raise ForeignFieldError(PlaybookAction, name, line.kind)
