"""A list, a detail or a page costs the same number of queries for 1, 10 and 100 rows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.contracts.growth import grow
from tests.contracts.routes import addresses, admin_models
from tests.contracts.table import ENDPOINTS, PAGES, ROWS, SERVICES
from tests.contracts.table.shape import Page
from tests.contracts.test_page_budgets import kind_of
from tests.contracts.test_permissions_admin import url_of
from tests.contracts.world import World
from tests.factories import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.exhaustive,
    pytest.mark.long,
]

Ask = Callable[[], Any]
#: Who is asked, beside site admins, whom fewer conditions concern.
READERS = ("lead", "hr", "manager", "employee")
#: A preview reads people times items in batches of bounded size; 100 by 100 are a second one.
ONE_BATCH = 5
PREVIEWS = ("plan-preview", "plan-check")


@pytest.fixture(scope="module")
def counts(made_world: World) -> dict[str, list[int]]:
    """The queries of every question for 1, 10 and 100 rows."""
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        asked = dict(questions(made_world))
        # What a process remembers from one request to the next is asked for before.
        for ask in {name.split(" as ")[0]: ask for name, ask in asked.items()}.values():
            count(ask)
        found: dict[str, list[int]] = {name: [] for name in asked}
        for more in (1, 9, 90):
            grow(made_world, more)
            for name, ask in asked.items():
                found[name].append(count(ask))
        transaction.set_rollback(True)
    return found


def test_the_number_of_queries_does_not_grow_with_the_rows(counts: dict[str, list[int]]) -> None:
    growing = [
        f"{name}: {found}"
        for name, found in counts.items()
        if max(found) - min(found) > (ONE_BATCH if name.split()[1] in PREVIEWS else 0)
    ]
    assert not growing, "queries for 1, 10 and 100 rows:\n" + "\n".join(growing)


def test_no_answer_needs_more_queries_than_a_person_would_wait_for(
    counts: dict[str, list[int]],
) -> None:
    costly = [
        f"{name}: {few}"
        for name, (few, *_more) in counts.items()
        if few > (40 if name.startswith("admin") else 20)
    ]

    assert not costly, "\n".join(costly)


def count(ask: Ask) -> int:
    reset_queries()  # Django keeps the last 9000 of all that were counted
    with CaptureQueriesContext(connection) as queries:
        response = ask()
    assert response.status_code == 200, response.request["PATH_INFO"]
    return len(queries)


def questions(world: World) -> Iterator[tuple[str, Ask]]:
    """Every list, detail, page and admin page, by a name that says who asks."""
    yield from _of_endpoints(world)
    yield from _of_services(world)
    yield from _of_pages(world)
    yield from _of_admin(world)


def _of_endpoints(world: World) -> Iterator[tuple[str, Ask]]:
    for basename, endpoint in ENDPOINTS.items():
        read = ROWS[endpoint.rows].read
        for identity in ("site_admin", *READERS):
            kind = next((kind for kind, some in read.items() if identity in some), "")
            if not kind:
                continue
            client = _api(world, identity)
            for name in ("list", "detail", *endpoint.verbs):
                verb = endpoint.verbs.get(name)
                if verb and identity not in verb.get.get(kind, ()):
                    continue
                address = addresses()[f"{basename}-{name}"]
                url = address.url(*([world.key(endpoint.rows, kind)] if address.keys else []))
                size = 200 if name == "list" else 0
                yield f"api {basename}-{name} as {identity}", _asking(client, url, page_size=size)


def _of_services(world: World) -> Iterator[tuple[str, Ask]]:
    for name, page in SERVICES.items():
        if name == "schema" or not page.get:
            continue
        identity = "lead" if page.rows else "employee"
        key = [world.key(page.rows, "main")] if page.rows else []
        url = addresses()[name].url(*key)
        for by in ("", "plan", "unit") if "progress" in name else ("",):
            yield f"api {name} {by} as {identity}", _asking(_api(world, identity), url, by=by)


def _of_pages(world: World) -> Iterator[tuple[str, Ask]]:
    for name, page in PAGES.items():
        if page.get != frozenset({200}):
            continue
        kind = kind_of(world, page)
        identity = _reader(page, kind)
        row: Any = world.rows[page.rows][kind] if page.rows else None
        keys = page.keys_of(row) if row else page.args(world) if page.args else []
        url = addresses()[name].url(*keys)
        yield f"page {name} as {identity}", _asking(_browser(world, identity), url)
        if not page.rows and "lead" not in page.refused.get("", ()):
            yield f"page {name} as lead", _asking(_browser(world, "lead"), url)


def _reader(page: Page, kind: str) -> str:
    """Of whom the page is asked: one who may."""
    allowed = page.by.get(kind, frozenset({"lead" if page.rows else "employee"}))
    if kind == "employee":
        return next(iter(allowed))
    return next(who for who in ("lead", *READERS, "site_admin") if who in allowed)


def _of_admin(world: World) -> Iterator[tuple[str, Ask]]:
    browser = _browser(world, "site_admin")
    for model, site_admin in admin_models().items():
        yield f"admin {model} list", _asking(browser, url_of(model, "changelist"))
        kinds = [kind for kind, some in _read(model).items() if "site_admin" in some]
        if kinds:
            url = url_of(model, "change", world.key(model, kinds[0]))
            yield f"admin {model} change", _asking(browser, url)
        if site_admin.search_fields:
            yield (
                f"admin {model} search",
                _asking(browser, url_of(model, "changelist"), q="a"),
            )


def _read(model: str) -> dict[str, frozenset[str]]:
    return ROWS[model].read if model in ROWS else {}


def _asking(client: Any, url: str, **query: Any) -> Ask:
    return lambda: client.get(url, {name: value for name, value in query.items() if value})


def _api(world: World, identity: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(world.users[identity])
    return client


def _browser(world: World, identity: str) -> Client:
    client = Client()
    client.force_login(world.users[identity])
    return client
