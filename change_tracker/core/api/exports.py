"""A list of the API as a file: `…/csv/` and `…/xlsx/` beside it, with the same filters.

Addresses of their own and not `?format=`: that word belongs to the host's REST framework settings.
"""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from change_tracker.core.api.schema import documented
from change_tracker.core.tables.batches import by_key
from change_tracker.core.tables.writing import CSV, TYPES, XLSX, file_answer

#: Read from the row itself: what a serializer makes of them is text.
NATIVE = (serializers.DateField, serializers.DateTimeField, serializers.DecimalField)


class ExportMixin:
    """All rows of the list in the order of their ids, newest first; the head has the field names.

    What the caller does not read of a row is empty.
    """

    #: Fields that are worked out for a page of rows at once: not for a stream of them.
    not_in_files: ClassVar[tuple[str, ...]] = ()

    @documented(responses={(200, "text/csv"): OpenApiTypes.BINARY}, filters=True)
    @action(detail=False, methods=["get"])
    def csv(self, request: Request) -> HttpResponseBase:
        """The list as CSV, streamed."""
        return self._file(request, CSV)

    @documented(responses={(200, TYPES[XLSX]): OpenApiTypes.BINARY}, filters=True)
    @action(detail=False, methods=["get"])
    def xlsx(self, request: Request) -> HttpResponseBase:
        """The list as XLSX, streamed."""
        return self._file(request, XLSX)

    def _file(self: Any, request: Request, form: str) -> HttpResponseBase:
        rows = self.filter_queryset(self.get_queryset())
        serializer = self.get_serializer()
        for name in self.not_in_files:
            del serializer.fields[name]
        *_above, name, _form, _end = request.path.split("/")
        dated = f"{name}-{timezone.localdate().isoformat()}"
        return file_answer(form, dated, list(_read(serializer)), _lines(serializer, rows))


def _read(serializer: Any) -> dict[str, Any]:
    """The fields that an answer has: not those that are only sent."""
    return {name: field for name, field in serializer.fields.items() if not field.write_only}


def _lines(serializer: Any, rows: Any) -> Iterator[list[Any]]:
    fields = _read(serializer)
    native = {name: field for name, field in fields.items() if isinstance(field, NATIVE)}
    for row in by_key(rows):
        said = serializer.to_representation(row)
        known = {name: field.get_attribute(row) for name, field in native.items() if name in said}
        yield [_flat((said | known).get(name)) for name in fields]


def _flat(value: Any) -> Any:
    """One cell: several values with semicolons between, structures as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return "; ".join(str(_flat(each)) for each in value)
    return value
