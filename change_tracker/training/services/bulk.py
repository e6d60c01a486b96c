"""One INSERT … SELECT per set of rows, with the columns named by the model."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Value
from django.db.models.expressions import Combinable


def insert_select(
    model: type[models.Model],
    rows: models.QuerySet[Any],
    *,
    order: Sequence[str] = ("pk",),
    **values: Any,
) -> int:
    """Insert one row of `model` for each of `rows`, in their `order`; returns how many.

    `values` are constants or expressions over `rows`, by field name. Fields left out get their
    default, as with `create`. Signals and `save` are not called. One statement.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = {field.name for field in fields}
    if unknown := set(values) - names:
        raise TypeError(f"{model.__name__} has no field {', '.join(sorted(unknown))}.")
    columns = {f"ct_{field.name}": _expression(field, values) for field in fields}
    selected = rows.order_by(*order).annotate(**columns).values_list(*columns)
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    into = ", ".join(quote(str(field.column)) for field in fields)
    try:
        sql, params = selected.query.get_compiler(using=rows.db).as_sql()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({into}) {sql}", params)
        return int(cursor.rowcount)


def _expression(field: Any, values: dict[str, Any]) -> Combinable:
    value = values.get(field.name, field.get_default())
    if isinstance(value, Combinable):
        return value
    return Value(value, output_field=field.target_field if field.is_relation else field)
