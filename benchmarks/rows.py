"""Rows by the hundred thousand: one statement makes them, one query tells whether they differ."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models


def table(model: type[models.Model]) -> str:
    """The name of the table of `model`, for an SQL text."""
    return connection.ops.quote_name(model._meta.db_table)


def insert(model: type[models.Model], source: str, /, **columns: Any) -> int:
    """Insert a row of `model` for each row of `source`, an SQL text from FROM on.

    `columns` are by field name: texts are SQL, anything else is a value. Fields left out get
    their default. Returns how many. One statement.
    """
    select, params = selected(model, columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table(model)} ({fields(model)}) SELECT {select} {source}", params
        )
        return int(cursor.rowcount)


def selected(model: type[models.Model], columns: dict[str, Any]) -> tuple[str, list[Any]]:
    """The list after SELECT for all fields of `model` but its key, and its parameters."""
    parts, params = [], []
    for field in _fields(model):
        value = columns.pop(field.name, None)
        if isinstance(value, str):
            parts.append(value)
        else:
            parts.append("%s")
            params.append(field.get_default() if value is None else value)
    if columns:
        raise TypeError(f"{model.__name__} has no field {', '.join(sorted(columns))}.")
    return ", ".join(parts), params


def fields(model: type[models.Model]) -> str:
    """The columns of `model` but its key, as an INSERT lists them."""
    return ", ".join(column(field) for field in _fields(model))


def column(field: Any) -> str:
    """The column of a field, quoted."""
    return connection.ops.quote_name(field.column)


def same(model: type[models.Model], *, without: Sequence[str] = (), **through: str) -> str:
    """A query for all columns of `model` but its key and `without`.

    A reference in `through` is told by that column of the row it leads to: keys differ between
    two runs that do the same.
    """
    chosen, joins = [], []
    for field in _fields(model):
        if field.name in through:
            joins.append(
                f"LEFT JOIN {table(field.related_model)} {field.name} "
                f"ON {field.name}.id = this.{column(field)}"
            )
            chosen.append(f"{field.name}.{through[field.name]} AS {field.name}")
        elif field.name not in without:
            chosen.append(f"this.{column(field)}")
    return f"SELECT {', '.join(chosen)} FROM {table(model)} this {' '.join(joins)}"


def fingerprint(query: str) -> tuple[Any, ...]:
    """How many rows `query` finds and a sum over all of them, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(hashtextextended(rows::text, 0)::numeric), 0)::text "
            f"FROM ({query}) rows"
        )
        return tuple(cursor.fetchone() or ())


def clear() -> None:
    """Empty all of our tables, and that of the logins."""
    names = _tables()
    if connection.in_atomic_block:  # a handful of rows: new files for every table take seconds
        _execute("; ".join(f"DELETE FROM {name}" for name in names))
    else:
        _execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")


def analyze() -> None:
    """Let the planner know the rows that were loaded."""
    how = "ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE"
    _execute(f"{how} {', '.join(_tables())}")


def _tables() -> list[str]:
    models_ = [*apps.get_app_config("change_tracker").get_models(), *_logins()]
    return [table(model) for model in models_]


def vacuum(tables: Sequence[type[models.Model]]) -> None:
    """Take away what the last round left behind; nothing within a transaction."""
    if tables and not connection.in_atomic_block:
        _execute(f"VACUUM {', '.join(table(model) for model in tables)}")


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _logins() -> list[type[models.Model]]:
    from django.contrib.auth import get_user_model

    return [get_user_model()]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
