"""What the pages weigh with the data of the demonstration, as they travel: compressed."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from tests.contracts.routes import addresses
from tests.contracts.source import PACKAGE
from tests.contracts.table import PAGES
from tests.project.story.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive, pytest.mark.long]

MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
KB = 1024
#: Of everything an employee, a manager and a lead see, so many of each kind are weighed.
READERS, ROWS = ("amira", "dan", "priya"), 2
#: What a signed link opens looks like the page for those who signed in.
WEIGHED = [name for name, page in PAGES.items() if page.args is None]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", WEIGHED)
def test_a_page_weighs_no_more_than_a_phone_loads_at_once(name: str) -> None:
    limit = 4 * KB if name == "my-training" else 10 * KB
    with time_machine.travel(MORNING, tick=False):
        weights = dict(_weights(name))

    heavy = {what: weight for what, weight in weights.items() if weight > limit}
    assert not heavy, f"more than {limit} bytes: {heavy}"


def test_the_style_weighs_no_more_than_ten_kilobytes() -> None:
    styles = (PACKAGE / "static").rglob("*.css")

    assert sum(len(gzip.compress(each.read_bytes())) for each in styles) <= 10 * KB


def _weights(name: str) -> Iterator[tuple[str, int]]:
    for reader in READERS:
        user = User.objects.get(username=reader)
        browser = Client()
        browser.force_login(user)
        for url in _urls(name, user):
            response = browser.get(url)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                yield f"{url} for {reader}", len(gzip.compress(response.content))


def _urls(name: str, user: User) -> list[str]:
    page, address = PAGES[name], addresses()[name]
    if not page.rows:
        return [address.url()]
    rows: Any = apps.get_model("change_tracker", page.rows)._default_manager
    return [address.url(*page.keys_of(row)) for row in rows.visible_to(user).order_by("pk")[:ROWS]]
