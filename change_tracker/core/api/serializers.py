"""Rows as data, with as little work for each cell as the kind of its field allows."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject

from change_tracker.core.api.fields import VisibleField

M = TypeVar("M", bound=models.Model)
Read = Callable[[Any], Any]

#: What they make of a value that comes from a column is the value.
AS_STORED = frozenset(
    {
        serializers.BooleanField,
        serializers.CharField,
        serializers.ChoiceField,
        serializers.EmailField,
        serializers.IntegerField,
        serializers.URLField,
    }
)
BY_ID = frozenset({serializers.PrimaryKeyRelatedField, VisibleField})


class RowSerializer(serializers.ModelSerializer[M]):
    """Answers what a ModelSerializer does; how each field is read is decided once for all answers.

    REST framework makes the fields anew for every answer, and asks each of every row where its
    value is and what becomes of it: for a page of fifty records that takes longer than the
    database. Methods may look at the request, other fields may not where they are read.
    """

    def to_representation(self, instance: M) -> dict[str, Any]:
        """The row by the names of the fields; what has no value is left out."""
        data = {}
        for name, read in self._reads:
            try:
                data[name] = read(instance)
            except SkipField:
                continue
        return data

    @cached_property
    def _reads(self) -> list[tuple[str, Read]]:
        return [
            (name, getattr(self, read) if isinstance(read, str) else read)
            for name, read in _reads_of(type(self))
        ]


@cache
def _reads_of(serializer: type[RowSerializer[Any]]) -> list[tuple[str, Read | str]]:
    """How each field is read: a function of the row, or the name of the method that is one."""
    model: Any = serializer.Meta.model
    fields = serializer()._readable_fields
    return [(str(field.field_name), _read(field, model)) for field in fields]


def _read(field: Any, model: Any) -> Read | str:
    if type(field) is serializers.SerializerMethodField:
        return str(field.method_name)
    column = _column_at(field.source_attrs, model)
    if column is None:
        return _as_asked(field)
    get = attrgetter(".".join([*field.source_attrs[:-1], column.attname]))
    if type(field) in AS_STORED or (type(field) in BY_ID and field.pk_field is None):
        return get
    if column.is_relation:
        return _as_asked(field)
    return _unless_none(get, field.to_representation)


def _column_at(path: Sequence[str], model: Any) -> Any:
    """The column at the end of `path`; None where there is none, or no row on the way to it."""
    column = None
    for name in path:
        if column is not None:
            if not column.is_relation or column.null:
                return None
            model = column.related_model
        columns = {each.name: each for each in model._meta.concrete_fields}
        column = columns.get(name)
        if column is None:
            return None
    return column


def _unless_none(get: Read, represent: Read) -> Read:
    def read(row: Any) -> Any:
        value = get(row)
        return None if value is None else represent(value)

    return read


def _as_asked(field: Any) -> Read:
    """As REST framework reads any field."""

    def read(row: Any) -> Any:
        value = field.get_attribute(row)
        empty = value.pk if isinstance(value, PKOnlyObject) else value
        return None if empty is None else field.to_representation(value)

    return read
