"""Creating, changing and deleting one row, with history; what most services begin with."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.core.models import Versioned

M = TypeVar("M", bound=models.Model)
V = TypeVar("V", bound=Versioned)


class InUseError(ChangeTrackerError):
    """Other rows still refer to the row."""

    code = "in_use"


def create_row(
    model: type[M], *, actor: User | None, now: datetime, scope: str = "", **values: Any
) -> M:
    """Create a row of `model` and write history. Many-to-many values are sets of rows."""
    many = {name: values.pop(name) for name in list(values) if _is_many(model, name)}
    with transaction.atomic():
        row = model._default_manager.create(**values)
        for name, related in many.items():
            getattr(row, name).set(related)
        audit.record(obj=row, verb="created", actor=actor, now=now, scope=scope or scope_of(row))
    return row


def change_row(
    row: V,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    scope: str = "",
    **changes: Any,
) -> V:
    """Compare-and-set: write `changes` if the row still has `expected_version`.

    None expects the version that `row` was read with. Values equal to the stored ones write
    nothing. Raises StaleRowError when somebody was quicker.
    """
    model = type(row)
    many = {name: changes.pop(name) for name in list(changes) if _is_many(model, name)}
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    moved_sets = {name: value for name, value in many.items() if _differs(row, name, value)}
    if not changed and not moved_sets:
        return row
    expected = row.version if expected_version is None else expected_version
    with transaction.atomic():
        hit = model._default_manager.filter(pk=row.pk, version=expected).update(
            version=F("version") + 1, **changed
        )
        if hit != 1:
            raise StaleRowError
        for name, related in moved_sets.items():
            getattr(row, name).set(related)
        row.refresh_from_db(fields=["version", *changed])
        audit.record(
            obj=row,
            verb="changed",
            actor=actor,
            now=now,
            scope=scope or scope_of(row),
            changes=_plain_changes(model, changed, moved_sets),
        )
    return row


def delete_row(row: models.Model, *, actor: User | None, now: datetime, scope: str = "") -> None:
    """Delete a row that nothing refers to. Raises InUseError otherwise, and deletes nothing."""
    with transaction.atomic():
        audit.record(obj=row, verb="deleted", actor=actor, now=now, scope=scope or scope_of(row))
        try:
            row.delete()
        except ProtectedError as error:
            names = sorted(
                {str(each._meta.verbose_name_plural) for each in error.protected_objects}
            )
            raise InUseError(
                _("It is still used by: %(names)s.") % {"names": ", ".join(names)}
            ) from error


def scope_of(row: models.Model) -> str:
    """The audit scope that a row states about itself, else none."""
    scope: str = getattr(row, "audit_scope", "")
    return scope


def _is_many(model: type[models.Model], name: str) -> bool:
    return bool(model._meta.get_field(name).many_to_many)


def _differs(row: models.Model, name: str, related: Any) -> bool:
    return {each.pk for each in related} != set(getattr(row, name).values_list("pk", flat=True))


def _plain_changes(
    model: type[models.Model], changed: dict[str, Any], sets: dict[str, Any]
) -> dict[str, Any]:
    columns = {
        name: audit.plain(model._meta.get_field(name), value) for name, value in changed.items()
    }
    return columns | {name: sorted(each.pk for each in value) for name, value in sets.items()}
