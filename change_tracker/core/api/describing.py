"""How an operation and the rows in it are described, for the OpenAPI document."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, is_list_serializer
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from change_tracker.core.api.errors import PROBLEM, PROBLEM_SCHEMA
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.neighbours import relations_of

#: The neighbours of a row under one name: how many there are, and the newest of them.
NEAR = {
    "type": "object",
    "properties": {
        "total": {"type": "integer"},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "integer"}},
                "required": ["id"],
                "additionalProperties": {},
            },
        },
    },
    "required": ["total", "rows"],
}


def problems_described(result: dict[str, Any], **_made: Any) -> dict[str, Any]:
    """drf-spectacular's hook: whatever is not answered as described is a problem document."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM_SCHEMA
    body = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        "Problem": {"description": PROBLEM_SCHEMA["description"], "content": body}
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return result


class VerbSchema(AutoSchema):
    """Documents the body of a move; other verbs say theirs with `documented`."""

    def get_request_serializer(self) -> Any:
        """The serializer of the body."""
        view: Any = self.view
        if getattr(view, "action", "") == "move":
            return view.move_serializer
        return super().get_request_serializer()

    def _is_list_view(self, serializer: Any = None) -> bool:
        """What answers with rows: the `list` of a view without any is one answer."""
        said: bool = super()._is_list_view(serializer)
        return said and (hasattr(self.view, "model") or is_list_serializer(serializer))

    def get_override_parameters(self) -> list[Any]:
        """Beside what a verb says of itself: the neighbours that a resource can include."""
        view: Any = self.view
        declared: list[Any] = super().get_override_parameters()
        asks = getattr(view, "action", "") in {"list", "retrieve"}
        names = list(relations_of(view.model)) if asks and hasattr(view, "include") else []
        if not names:
            return declared
        return [*declared, OpenApiParameter("include", enum=names, many=True, explode=False)]

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        """What is kept from some callers (`kept_from_some`) is promised to nobody, and neighbours
        are there for those who ask.
        """
        upstream: Any = super()
        row: dict[str, Any] = upstream._map_basic_serializer(serializer, direction)
        if direction == "request":
            return row
        if "required" in row:
            kept = getattr(serializer, "kept_from_some", ())
            row["required"] = [each for each in row["required"] if each not in kept]
        if names := _neighbours_of(type(serializer)):
            near = {name: self._near() for name in names}
            row["properties"]["included"] = {"type": "object", "readOnly": True, "properties": near}
        return row

    def _near(self) -> dict[str, Any]:
        make: Any = ResolvedComponent  # untyped upstream
        near = make("Near", ResolvedComponent.SCHEMA, NEAR, "Near")
        self.registry.register_on_missing(near)
        return dict(near.ref)

    def _map_serializer_field(self, field: Any, direction: str, *args: Any, **options: Any) -> Any:
        """A choice that is only read may be empty where its column may."""
        if isinstance(field, serializers.ChoiceField) and field.read_only:
            field.allow_blank = field.allow_blank or _may_be_empty(field)
        upstream: Any = super()
        return upstream._map_serializer_field(field, direction, *args, **options)


def _neighbours_of(serializer: type[Any]) -> list[str]:
    """What the rows that it makes can be asked for with `?include=`."""
    views: list[Any] = [*IncludeMixin.__subclasses__()]
    models = {view.model for view in views if view.serializer_class is serializer}
    return [name for model in models for name in relations_of(model)]


def _may_be_empty(field: Any) -> bool:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    try:
        return bool(model is not None and model._meta.get_field(field.source).blank)
    except FieldDoesNotExist:
        return False
