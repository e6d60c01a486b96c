"""Holding, creating, changing and deleting rows, with history; what most services begin with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
BATCH = 500


class InUseError(ChangeTrackerError):
    """Other rows still refer to the row."""

    code = "in_use"


def lock(row: M) -> M:
    """The same row as it is now, held until the transaction ends; others wait.

    Raises StaleRowError when it was deleted in the meantime.
    """
    held = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if held is None:
        raise StaleRowError
    return held


def lock_all(rows: Collection[models.Model]) -> None:
    """Hold `rows`, which are of one kind, until the transaction ends, in the order of their keys.

    Raises StaleRowError where one of them was deleted in the meantime. One query.
    """
    if not rows:
        return
    model, ids = type(next(iter(rows))), {row.pk for row in rows}
    held = model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    if len(held.values_list("pk")) != len(ids):
        raise StaleRowError


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


def create_rows(
    model: type[M], rows: Sequence[Mapping[str, Any]], *, actor: User | None, now: datetime
) -> list[M]:
    """Create many rows as `create_row` does, in their order; two statements for all of them, and
    two for each kind of set that they have.
    """
    sets = {name for values in rows for name in values if _is_many(model, name)}
    with transaction.atomic():
        made = model._default_manager.bulk_create(
            (
                model(**{name: each for name, each in values.items() if name not in sets})
                for values in rows
            ),
            batch_size=BATCH,
        )
        pairs = list(zip(made, rows, strict=True))
        for name in sorted(sets):
            fill_sets(model, name, {row.pk: values.get(name, ()) for row, values in pairs})
        audit.record_many(
            audit.event(obj=row, verb="created", actor=actor, now=now, scope=scope_of(row))
            for row in made
        )
    return made


def change_rows(
    changes: Sequence[tuple[V, Mapping[str, Any]]], *, actor: User | None, now: datetime
) -> list[V]:
    """Change many rows of one model as `change_row` does; returns those that are other now.

    Three statements for all of them, and three for each kind of set. Raises StaleRowError, and
    changes nothing, when somebody was quicker with one of them.
    """
    if not changes:
        return []
    model = type(changes[0][0])
    with transaction.atomic():
        _require_versions(model, [row for row, _values in changes])
        differing = _differing(model, changes)
        for row, columns, _sets in differing:
            row.version += 1
            for name, value in columns.items():
                setattr(row, name, value)
        moved = [row for row, _columns, _sets in differing]
        named = {name for _row, columns, _sets in differing for name in columns}
        model._default_manager.bulk_update(moved, [*sorted(named), "version"], BATCH)
        for name in sorted({name for _row, _columns, sets in differing for name in sets}):
            fill_sets(
                model, name, {row.pk: sets[name] for row, _, sets in differing if name in sets}
            )
        audit.record_many(
            audit.event(
                obj=row,
                verb="changed",
                actor=actor,
                now=now,
                scope=scope_of(row),
                changes=_plain_changes(model, columns, sets),
            )
            for row, columns, sets in differing
        )
    return moved


def delete_row(row: models.Model, *, actor: User | None, now: datetime, scope: str = "") -> None:
    """Delete a row that nothing refers to. Raises InUseError otherwise, and StaleRowError where
    somebody was quicker; then it deletes nothing.
    """
    key = row.pk
    with transaction.atomic():
        audit.record(obj=row, verb="deleted", actor=actor, now=now, scope=scope or scope_of(row))
        try:
            _count, deleted = row.delete()
        except ProtectedError as error:
            names = sorted(
                {str(each._meta.verbose_name_plural) for each in error.protected_objects}
            )
            raise InUseError(
                _("It is still used by: %(names)s.") % {"names": ", ".join(names)}
            ) from error
        if not deleted.get(row._meta.label):
            row.pk = key  # the page that says so speaks of it
            raise StaleRowError


def scope_of(row: models.Model) -> str:
    """The audit scope that a row states about itself, else none."""
    scope: str = getattr(row, "audit_scope", "")
    return scope


def _require_versions(model: type[V], rows: Sequence[V]) -> None:
    held = model._default_manager.select_for_update().filter(pk__in=[row.pk for row in rows])
    versions = dict(held.order_by("pk").values_list("pk", "version"))
    if any(versions.get(row.pk) != row.version for row in rows):
        raise StaleRowError


def _differing(
    model: type[V], changes: Sequence[tuple[V, Mapping[str, Any]]]
) -> list[tuple[V, dict[str, Any], dict[str, Any]]]:
    """The rows of which something is other than it was: with their columns, and their sets."""
    named = {name for _row, values in changes for name in values if _is_many(model, name)}
    keys = [row.pk for row, _values in changes]
    stored = {name: _stored(model, name, keys) for name in named}
    found = []
    for row, values in changes:
        columns = {
            name: value
            for name, value in values.items()
            if name not in named and getattr(row, name) != value
        }
        sets = {
            name: values[name]
            for name in named & values.keys()
            if {each.pk for each in values[name]} != stored[name].get(row.pk, set())
        }
        if columns or sets:
            found.append((row, columns, sets))
    return found


def _stored(model: type[V], name: str, keys: Sequence[Any]) -> dict[Any, set[Any]]:
    through, of, to = _table_of(model, name)
    found: dict[Any, set[Any]] = {}
    for key, other in through.filter(**{f"{of}__in": keys}).values_list(of, to):
        found.setdefault(key, set()).add(other)
    return found


def fill_sets(model: type[models.Model], name: str, sets: Mapping[Any, Iterable[Any]]) -> None:
    """Let the rows with these keys have these sets in their table `name`, and nothing else."""
    through, of, to = _table_of(model, name)
    through.filter(**{f"{of}__in": list(sets)}).delete()
    through.bulk_create(
        (
            through.model(**{of: key, to: other})
            for key, rows in sets.items()
            for other in dict.fromkeys(row.pk for row in rows)
        ),
        batch_size=BATCH,
    )


def _table_of(model: type[models.Model], name: str) -> tuple[Any, str, str]:
    """Where a set is kept, and the columns that name its row and what is in it."""
    many: Any = model._meta.get_field(name)
    through = many.remote_field.through._default_manager
    return through, f"{many.m2m_field_name()}_id", f"{many.m2m_reverse_field_name()}_id"


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
