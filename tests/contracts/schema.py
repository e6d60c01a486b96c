"""The OpenAPI document of our endpoints, as the program generates it."""

from functools import cache
from typing import Any

from change_tracker.core.api.schema import generate
from tests.contracts.routes import Address, addresses

#: The smallest bound that a database sets by itself; ours are far below.
LARGEST_SMALL_INTEGER = 32767


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
    if kept.get("format") == "int64":
        kept.pop("format")
    for name in ("minimum", "maximum"):
        if isinstance(bound := kept.get(name), int) and abs(bound) >= LARGEST_SMALL_INTEGER:
            kept.pop(name)
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


def template_of(address: Address) -> str:
    """The address as the document writes it, such as `/change/api/v1/people/{id}/`."""
    url: str = address.url(*("0" * len(address.keys)))
    for key in address.keys:
        name = "id" if key == "pk" else key
        url = url.replace("/0/", f"/{{{name}}}/", 1)
    return url
