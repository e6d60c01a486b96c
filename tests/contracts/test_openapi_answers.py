"""What is answered is what the OpenAPI document promises, whoever asks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from tests.contracts.asking import basename_of
from tests.contracts.browser import Browser
from tests.contracts.routes import Address, addresses
from tests.contracts.schema import document, template_of
from tests.contracts.table import ENDPOINTS, ROWS, SERVICES
from tests.contracts.world import World

PROBLEM = {"$ref": "#/components/schemas/Problem"}
pytestmark = [pytest.mark.django_db, pytest.mark.edge]


@pytest.mark.parametrize(
    "identity", ["site_admin", "hr", "lead", "viewer", "manager", "employee", "stranger"]
)
def test_every_answer_is_as_described(identity: str, world: World) -> None:
    client = APIClient()
    client.force_authenticate(world.users[identity])
    found = []
    for address in addresses().values():
        promised = _promised(address)
        for url in _urls(address, world) if promised else ():
            answer = client.get(url)
            if answer.status_code == 200:
                found += [f"{address.name}: {each}" for each in _wrong(promised, answer.json())]

    assert sorted(set(found)) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("identity", "refused_with"),
    [("site_admin", {400, 409}), ("employee", {400, 403, 404}), ("anonymous", {401})],
)
def test_every_refusal_is_as_described(identity: str, refused_with: set[int], world: World) -> None:
    """Of bodies that are empty, a list, or no JSON at all, in turn."""
    client = Browser(world.users[identity])
    found, codes = [], set()
    for number, (name, method, url) in enumerate(_operations(world)):
        with transaction.atomic():
            body = ("{}", "[]", "{")[number % 3]
            answer: Any = client.generic(method, url, body, "application/json")
            transaction.set_rollback(True)
        if answer.status_code >= 400:
            codes.add(answer.status_code)
            where = f"{method} {name} {answer.status_code}"
            assert answer["Content-Type"] == "application/problem+json", where
            found += [f"{where}: {each}" for each in _wrong(PROBLEM, answer.json())]

    assert sorted(set(found)) == []
    assert codes >= refused_with


def test_no_question_passes_over_what_it_cannot_read(world: World) -> None:
    """A text is looked for, whatever it is; of all other parameters nonsense is refused."""
    client = APIClient()
    client.force_authenticate(world.users["site_admin"])
    asked = list(_readable(world))
    answered = [
        f"{url}?{name}=²"
        for url, name in asked
        if client.get(url).status_code == 200
        and list(client.get(url, {name: "²"}).json().get("errors", {})) != [name]
    ]

    assert answered == ["/change/api/v1/schema/?format=²"]  # 404: there is no such document
    assert len(asked) > 200


def _readable(world: World) -> Iterator[tuple[str, str]]:
    """Each list and what it can be asked that is a number, a date, or one of a few words."""
    for address in addresses().values():
        operations = document()["paths"].get(template_of(address), {})
        for each in operations.get("get", {}).get("parameters", ()):
            kind = each["schema"]
            if each["in"] == "query" and (kind["type"] != "string" or kind.keys() > {"type"}):
                yield _urls(address, world)[0].partition("?")[0], each["name"]


def test_every_operation_promises_problems() -> None:
    components = document()["components"]
    promised = {
        operation["responses"]["default"]["$ref"]
        for operations in document()["paths"].values()
        for operation in operations.values()
    }

    assert promised == {"#/components/responses/Problem"}
    content = components["responses"]["Problem"]["content"]
    assert content == {"application/problem+json": {"schema": PROBLEM}}


def _operations(world: World) -> Iterator[tuple[str, str, str]]:
    """Name, method and address, with the rows that there are of what it is about."""
    for address in addresses().values():
        for method in document()["paths"].get(template_of(address), {}):
            for url in _urls(address, world):
                yield address.name, method.upper(), url.partition("?")[0]


def _promised(address: Address) -> Any:
    """The schema of what GET answers with as JSON; None where it does not."""
    operation = document()["paths"].get(template_of(address), {}).get("get", {})
    answer = operation.get("responses", {}).get("200", {}).get("content", {})
    return answer.get("application/json", {}).get("schema")


def _urls(address: Address, world: World) -> list[str]:
    """Of a list its own, of rows those of every kind; with all neighbours that can be had."""
    asked = _include(address)
    if not address.keys:
        return [address.url() + asked]
    owner = SERVICES.get(address.name) or ENDPOINTS[basename_of(address)]
    return [address.url(world.key(owner.rows, kind)) + asked for kind in ROWS[owner.rows].read]


def _include(address: Address) -> str:
    operations = document()["paths"][template_of(address)]
    said = operations.get("get", {}).get("parameters", ())
    names = [each["schema"]["items"]["enum"] for each in said if each["name"] == "include"]
    return f"?include={','.join(names[0])}" if names else ""


def _wrong(promised: Any, body: Any) -> list[str]:
    schema = {"components": _strict(document()["components"]), **_strict(promised)}
    return [
        f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}"
        for each in Draft202012Validator(schema).iter_errors(body)
    ]


def _strict(part: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: what is nullable may be null, and a row has no more fields."""
    if isinstance(part, list):
        return [_strict(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: _strict(value) for name, value in part.items()}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    if made.pop("nullable", None) is True:
        return {"anyOf": [{"type": "null"}, made]}
    if "oneOf" in made:
        # An empty text is a text as well.
        made["anyOf"] = made.pop("oneOf")
    return made
