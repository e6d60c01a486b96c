"""The OpenAPI document of our endpoints, as the program generates it."""

from functools import cache
from typing import Any

from change_tracker.core.api.schema import generate
from tests.contracts.routes import addresses


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3, with paths below `/change/`, where the demonstration mounts us.

    Without the largest numbers: they are those of the database that happens to be there.
    """
    portable: dict[str, Any] = _without_bounds(generate())
    return portable


def _without_bounds(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_bounds(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_bounds(value) for name, value in part.items()}
    if kept.get("type") == "integer":
        kept.pop("maximum", None)
        kept.pop("format", None)
    return kept


def taken_by(name: str) -> set[str]:
    """The fields that the bodies sent to the address called `name` may have."""
    address = addresses()[name]
    url = address.url(*(["0"] * len(address.keys)))
    template = url.replace("/0/", "/{id}/")
    operations = document()["paths"].get(template, {})
    return {
        field
        for method in ("post", "put", "patch")
        for field in _properties(operations.get(method, {}).get("requestBody", {}))
    }


def _properties(body: dict[str, Any]) -> set[str]:
    schema = body.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return {name for name, each in schema.get("properties", {}).items() if not each.get("readOnly")}
