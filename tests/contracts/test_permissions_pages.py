"""Pages, and addresses of the API that are no resource, as everybody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponseNotFound

from tests.contracts.browser import Browser
from tests.contracts.routes import METHODS, Address, addresses
from tests.contracts.table import PAGES, ROWS, SERVICES
from tests.contracts.table.shape import Page
from tests.contracts.world import IDENTITIES, NOWHERE, World

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]


@pytest.fixture(autouse=True)
def _plainly_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page that is not there looks like is asked elsewhere, and not thousands of times."""

    def absent(_request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
        return HttpResponseNotFound()

    monkeypatch.setattr("project.urls.handler404", absent, raising=False)


@pytest.mark.parametrize("name", [*PAGES, *SERVICES])
def test_the_answer_is_what_the_table_says(world: World, name: str) -> None:
    lines = list(_mismatches(world, addresses()[name], PAGES.get(name) or SERVICES[name]))

    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("name", [*PAGES, *SERVICES])
def test_the_methods_are_those_of_the_table(name: str) -> None:
    page = PAGES.get(name) or SERVICES[name]
    methods = ({"GET"} if page.get else set()) | ({"POST"} if page.post else set())

    assert set(addresses()[name].actions) == methods


def _mismatches(world: World, address: Address, page: Page) -> Iterator[str]:
    for identity in _identities(page):
        client = Browser(world.users[identity])
        for method in METHODS:
            for kind, expected in _asked(page, address, identity, method):
                with transaction.atomic():
                    response = client.generic(method, address.url(*_key(world, page, kind)))
                    transaction.set_rollback(True)
                if response.status_code not in expected:
                    yield (
                        f"{method} {address.name} {kind or '-'} as {identity}:"
                        f" {response.status_code}, the table says {sorted(expected)}"
                    )


def _asked(
    page: Page, address: Address, identity: str, method: str
) -> Iterator[tuple[str, frozenset[int]]]:
    """The kinds of row to ask for and the codes to expect: all of those that are read, and of
    those that are written one for each answer, as with the API."""
    answered = set()
    for kind in _kinds(page, identity, method in address.actions):
        expected = _expected(page, address, identity, kind, method)
        if method == "GET" or expected not in answered:
            yield kind, expected
        answered.add(expected)


def _identities(page: Page) -> tuple[str, ...]:
    """What is about no row knows strangers and the rest."""
    return IDENTITIES if page.rows else ("anonymous", "stranger", "employee", "site_admin")


def _kinds(page: Page, identity: str, is_known: bool) -> list[str]:
    """Strangers and unknown methods are refused before any row is looked for."""
    if not page.rows:
        return [""]
    kinds = [*ROWS[page.rows].read, *NOWHERE]
    return kinds if is_known and identity != "anonymous" else [kinds[0], kinds[-1]]


def _key(world: World, page: Page, kind: str) -> list[Any]:
    if not page.rows:
        return page.args(world) if page.args else []
    if page.key == "pk":
        return [world.key(page.rows, kind)]
    if kind not in NOWHERE:
        return page.keys_of(world.rows[page.rows][kind])
    if " " not in page.key:
        return ["no-such-name"]
    *where, _key = page.keys_of(next(iter(world.rows[page.rows].values())))
    return [*where, world.key(page.rows, kind)]


def _expected(
    page: Page, address: Address, identity: str, kind: str, method: str
) -> frozenset[int]:
    if identity == "anonymous" and not page.is_public:
        return frozenset({401 if address.is_api else 302})
    if method not in address.actions:
        return frozenset({405})
    if identity in page.refused.get(kind, ()):
        return frozenset({403})
    if identity in page.led.get(kind, ()):
        return frozenset({302})
    if page.rows and identity not in page.by.get(kind, ()):
        return frozenset({404})
    return frozenset(page.get if method == "GET" else page.post)
