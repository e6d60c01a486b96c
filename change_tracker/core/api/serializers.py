"""Rows as data, with as little work for each cell as the kind of its field allows."""

from collections.abc import Callable
from functools import cached_property
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
    """Answers what a ModelSerializer does; how each field is read is decided once for all rows.

    REST framework asks every field of every row where its value is and what becomes of it: for a
    page of fifty records that takes longer than the database.
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
        return [(str(field.field_name), self._read(field)) for field in self._readable_fields]

    def _read(self, field: Any) -> Read:
        if type(field) is serializers.SerializerMethodField:
            read: Read = getattr(self, field.method_name)
            return read
        model: Any = self.Meta.model
        columns = {column.name: column for column in model._meta.concrete_fields}
        column = columns.get(field.source)
        if column is None:
            return _as_asked(field)
        get = attrgetter(column.attname)
        if type(field) in AS_STORED or (type(field) in BY_ID and field.pk_field is None):
            return get
        if column.is_relation:
            return _as_asked(field)
        return _unless_none(get, field.to_representation)


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
