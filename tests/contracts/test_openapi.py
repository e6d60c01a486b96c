"""The committed OpenAPI document is what the program serves, and it is a good one."""

from io import StringIO
from typing import Any

import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from change_tracker.core.api.schema import generate
from tests import factories
from tests.contracts.documents import assert_up_to_date
from tests.contracts.routes import addresses
from tests.contracts.schema import document, template_of
from tests.contracts.table import SERVICES
from tests.contracts.world import World

#: The bounds of numbers are those of the database, so each is asked.
pytestmark = pytest.mark.django_db


def test_the_committed_document_is_up_to_date() -> None:
    text = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)

    assert_up_to_date("docs/openapi.yaml", text)


def test_the_document_is_made_without_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = StringIO()
    monkeypatch.setattr("sys.stderr", noise)
    GENERATOR_STATS.reset()

    generate()

    assert noise.getvalue() == ""


def test_the_document_is_valid_openapi() -> None:
    validate_schema(document())  # type: ignore[no-untyped-call]  # untyped upstream


def test_every_address_and_method_of_the_api_is_described() -> None:
    described = {
        (path, method.upper())
        for path, operations in document()["paths"].items()
        for method in operations
    }
    missing = [
        f"{method} {address.name}"
        for address in addresses().values()
        if address.is_api
        for method in address.actions
        if (template_of(address), method) not in described
    ]

    assert missing == []


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    operations = [
        (f"{method} {path}", operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    names = [operation["operationId"] for _where, operation in operations]

    assert [where for where, each in operations if not each.get("description")] == []
    assert len(names) == len(set(names))


def test_what_is_one_answer_is_described_as_one_and_rows_as_rows(world: World) -> None:
    client = APIClient()
    client.force_authenticate(world.users["site_admin"])
    asked = {
        name: addresses()[name]
        for name, page in SERVICES.items()
        if page.get == {200} and not name.endswith(("-csv", "-xlsx", "schema"))
    }

    for name, address in asked.items():
        body = client.get(address.url(*(world.key("Initiative", "main") for _ in address.keys)))
        answer = document()["paths"][template_of(address)]["get"]["responses"]["200"]["content"]
        is_described_as_rows = answer["application/json"]["schema"].get("type") == "array"
        assert isinstance(body.json(), list) == is_described_as_rows, name
    assert "me-training-list" in asked


def test_the_served_document_is_the_committed_one() -> None:
    client = APIClient()
    client.force_authenticate(factories.make_user())

    served: dict[str, Any] = client.get("/change/api/v1/schema/?format=json").json()

    assert set(served["paths"]) == set(document()["paths"])
