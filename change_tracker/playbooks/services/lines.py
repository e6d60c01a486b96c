"""Changing a playbook by hand: each change of a line is a new version of the playbook."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.initiatives.services import lock
from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.models.templates import PlaybookLine


def change_line(line: Any, *, actor: User | None, now: datetime, **changes: Any) -> PlaybookLine:
    """Change a line; initiatives that applied it are offered the change."""
    with transaction.atomic():
        changed = write_line(line, changes)
        raise_version(line.playbook, actor=actor, now=now)
    return changed


def remove_line(line: Any, *, actor: User | None, now: datetime) -> None:
    """Take a line out; what it has become stays where it was applied."""
    with transaction.atomic():
        playbook = line.playbook
        line.delete()
        raise_version(playbook, actor=actor, now=now)


def raise_version(playbook: Playbook, *, actor: User | None, now: datetime) -> None:
    """Make what changed a new version, with a line of history."""
    lock(playbook)
    Playbook.objects.filter(pk=playbook.pk).update(version=F("version") + 1)
    playbook.refresh_from_db(fields=["version"])
    changes = {"version": playbook.version}
    audit.record(obj=playbook, verb="changed", actor=actor, now=now, changes=changes)


def write_line(line: PlaybookLine, values: dict[str, Any]) -> PlaybookLine:
    """Write the columns of a line, and its sets of rows; the version is the caller's."""
    many = {name: values[name] for name in ("answers", "topics") if name in values}
    for name, value in values.items():
        if name not in many:
            setattr(line, name, value)
    line.save()
    for name, rows in many.items():
        getattr(line, name).set(rows)
    return line
