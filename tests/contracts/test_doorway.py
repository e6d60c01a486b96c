"""Who reads and who changes which row, asked of the querysets that every edge starts from."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models

from change_tracker.core.access import EVERYTHING, VisibleQuerySet
from tests import factories
from tests.contracts.table import ROWS
from tests.contracts.test_models import BEHIND_A_PARENT, ours
from tests.contracts.world import IDENTITIES, World

pytestmark = pytest.mark.django_db


def model_of(name: str) -> type[models.Model]:
    return apps.get_model("change_tracker", name)


def test_the_table_covers_every_model_and_every_kind_of_row(world: World) -> None:
    assert set(ROWS) == {model.__name__ for model in ours()} - set(BEHIND_A_PARENT)
    assert {name: set(rows.read) for name, rows in ROWS.items()} == {
        name: set(rows) for name, rows in world.rows.items()
    }


def test_each_identity_reads_exactly_what_the_table_says(world: World) -> None:
    mismatches = [
        line
        for name, table in ROWS.items()
        for line in _mismatches(world, name, "visible_to", table.read)
    ]

    assert mismatches == []


def test_each_identity_changes_exactly_what_the_table_says(world: World) -> None:
    mismatches = [
        line
        for name, table in ROWS.items()
        for line in _mismatches(world, name, "changeable_by", table.change)
    ]

    assert mismatches == []


def test_nobody_changes_what_they_cannot_see() -> None:
    blind = [
        f"{name} {kind}: {' '.join(extra)}"
        for name, table in ROWS.items()
        for kind, readers in table.read.items()
        if (extra := (table.changers(kind) | table.deleters(kind)) - readers)
    ]

    assert blind == []


@pytest.mark.parametrize("name", ROWS)
def test_a_doorway_that_stands_open_is_noticed(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorway = type(model_of(name)._default_manager.all())
    monkeypatch.setattr(doorway, "readable", lambda *_: EVERYTHING)
    monkeypatch.setattr(doorway, "writable", lambda *_: EVERYTHING)

    assert list(_mismatches(world, name, "visible_to", ROWS[name].read))
    assert list(_mismatches(world, name, "changeable_by", ROWS[name].change))


def test_an_account_that_was_switched_off_has_no_role(world: World) -> None:
    admin = world.users["site_admin"]
    admin.is_active = False

    assert not model_of("Initiative")._default_manager.all().changeable_by(admin).exists()  # type: ignore[attr-defined]  # a doorway


@pytest.mark.parametrize("name", ROWS)
def test_a_login_without_a_key_is_a_stranger_and_not_everybody_without_a_login(
    world: World, name: str
) -> None:
    factories.make_person()  # whose login is as empty as that key
    doorway: Any = model_of(name)._default_manager.all()
    of_a_token = User(username="of-a-token")

    for verb in ("visible_to", "changeable_by", "known_in_full_to"):
        assert not getattr(doorway, verb)(of_a_token).exists(), verb


def _mismatches(
    world: World, name: str, verb: str, expected: dict[str, frozenset[str]]
) -> Iterator[str]:
    rows = world.rows[name]
    doorway: VisibleQuerySet[Any] = model_of(name)._default_manager.all()  # type: ignore[assignment]  # checked in test_models
    for identity in IDENTITIES:
        found = set(getattr(doorway, verb)(world.users[identity]).values_list("pk", flat=True))
        for kind, row in rows.items():
            may = identity in expected.get(kind, ())
            if may != (row.pk in found):
                yield f"{name} “{kind}”: {identity} {verb}: {not may}, the table says {may}"
