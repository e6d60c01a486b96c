"""A row may be sent back as it was answered, with what is only read."""

import pytest
from rest_framework.test import APIClient

from tests.contracts.routes import addresses
from tests.contracts.table import ENDPOINTS
from tests.contracts.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]


def test_no_field_of_an_answer_is_unknown_where_it_is_sent_back(world: World) -> None:
    client = APIClient()
    client.default_format = "json"
    client.force_authenticate(world.users["site_admin"])
    unknown, sent = set[str](), 0
    for basename, endpoint in ENDPOINTS.items():
        address = addresses().get(f"{basename}-detail")
        if address is None or "PATCH" not in address.actions:
            continue
        for row in world.rows[endpoint.rows].values():
            url = address.url(row.pk)
            answer = client.get(url)
            if answer.status_code == 200:
                errors = client.patch(url, answer.json()).json().get("errors", {})
                unknown |= {f"{basename}: {name}" for name in errors if is_unknown(errors[name])}
                sent += 1

    assert unknown == set()
    assert sent > 40


def is_unknown(fault: object) -> bool:
    return "no such field" in str(fault)
