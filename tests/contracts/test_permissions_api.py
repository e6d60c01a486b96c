"""Every address, method, identity and relation of the API, against the table."""

from typing import Any

import pytest

from tests.contracts.asking import Asking, cases
from tests.contracts.routes import addresses
from tests.contracts.schema import taken_by
from tests.contracts.table import ENDPOINTS, PAGES, ROWS, SERVICES
from tests.contracts.world import SIGNED_IN, World

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]


def test_every_address_is_in_the_table() -> None:
    named = {
        f"{basename}-{name}"
        for basename, endpoint in ENDPOINTS.items()
        for name in ("list", "detail", *endpoint.verbs)
    }
    ours = set(addresses())

    assert ours - named - set(PAGES) - set(SERVICES) == set()
    assert {*named, *PAGES, *SERVICES} - ours - optional() == set()


@pytest.mark.parametrize("basename", ENDPOINTS)
def test_the_answer_is_what_the_table_says(world: World, basename: str) -> None:
    lines = Asking(world).mismatches(cases(world, basename))

    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("basename", ENDPOINTS)
def test_a_list_holds_what_its_details_show(world: World, basename: str) -> None:
    endpoint, lines = ENDPOINTS[basename], []
    for identity in SIGNED_IN:
        rows = {row["id"]: row for row in results(world, identity, basename)}
        for kind, row in world.rows[endpoint.rows].items():
            may = identity in ROWS[endpoint.rows].read[kind]
            if may != (row.pk in rows):
                lines.append(f"{basename} of {identity}: {kind} is {'missing' if may else 'there'}")

    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("basename", ENDPOINTS)
def test_each_identity_gets_its_fields_and_no_others(world: World, basename: str) -> None:
    endpoint, lines = ENDPOINTS[basename], []
    shown = {
        identity: {row["id"]: set(row) for row in results(world, identity, basename)}
        for identity in SIGNED_IN
    }
    for identity, rows in shown.items():
        for kind, row in world.rows[endpoint.rows].items():
            expected = set(fields_for(basename, identity, kind).split())
            if row.pk in rows and rows[row.pk] != expected:
                odd = " ".join(sorted(rows[row.pk] ^ expected))
                lines.append(f"{basename} {kind} for {identity}: {odd}")

    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("basename", ENDPOINTS)
def test_what_is_taken_is_written_down(basename: str) -> None:
    endpoint = ENDPOINTS[basename]
    found = {
        name: taken_by(f"{basename}-{name}")
        for name in ("list", "detail", *endpoint.verbs)
        if f"{basename}-{name}" in addresses()
    }

    for name in ("list", "detail"):
        assert found.get(name, set()) in (set(), set(endpoint.takes.split())), name
    for name, verb in endpoint.verbs.items():
        assert found[name] == set(verb.takes.split()), name


def fields_for(basename: str, identity: str, kind: str) -> str:
    """What the table lets an identity read of a kind of row; `who: kind` in brief narrows it."""
    endpoint = ENDPOINTS[basename]
    for names, brief in endpoint.brief.items():
        whom, _, kinds = names.partition(":")
        if identity in whom.split() and (not kinds or kind in kinds.split()):
            return brief
    return endpoint.shows


def results(world: World, identity: str, basename: str) -> list[dict[str, Any]]:
    client = Asking(world).clients[identity]
    response = client.get(addresses()[f"{basename}-list"].url(), {"page_size": 200})
    assert response.status_code == 200, response.content
    rows: list[dict[str, Any]] = response.json()["results"]
    return rows


def optional() -> set[str]:
    """Resources without a list or a detail say so by having none."""
    return {
        f"{basename}-{name}"
        for basename in ENDPOINTS
        for name in ("list", "detail")
        if f"{basename}-{name}" not in addresses()
    }
