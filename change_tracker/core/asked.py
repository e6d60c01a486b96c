"""Queries that are asked again and again: their SQL is written the first time."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

#: What Django does to a column that a database gives in another form: its place, and how.
Converters = dict[int, tuple[list[Any], Any]]


class Question:
    """The columns of `queryset`, given in its order (`values_list`), as often as they are asked.

    Building a query and writing its SQL takes Django longer than a small answer takes the database.
    What is kept is the question and no answer, and no connection: any thread may ask.
    """

    def __init__(self, queryset: "models.QuerySet[Any, Any]") -> None:
        self.queryset = queryset
        self._written: dict[str, tuple[str, Sequence[Any], Converters] | None] = {}

    def rows(self) -> list[tuple[Any, ...]]:
        """What the database answers now. One query, or none where nothing could be found."""
        connection = connections[self.queryset.db]
        if connection.alias not in self._written:
            self._written[connection.alias] = self._write(connection)
        written = self._written[connection.alias]
        if written is None:
            return []
        sql, params, converters = written
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return _converted(found, converters, connection) if converters else list(found)

    def _write(self, connection: Any) -> tuple[str, Sequence[Any], Converters] | None:
        compiler = self.queryset.query.clone().get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        columns = [column for column, _sql, _alias in compiler.select]
        return sql, params, compiler.get_converters(columns)


def _converted(
    found: Sequence[tuple[Any, ...]], converters: Converters, connection: Any
) -> list[tuple[Any, ...]]:
    rows = [list(row) for row in found]
    for place, (changes, column) in converters.items():
        for row in rows:
            for change in changes:
                row[place] = change(row[place], column, connection)
    return [tuple(row) for row in rows]
