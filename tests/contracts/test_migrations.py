"""Migrations are complete, and lead back as well as forth."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_no_change_of_a_model_is_without_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_migrations_go_forth_and_back_and_forth() -> None:
    before = _tables()

    call_command("migrate", "change_tracker", "zero", verbosity=0)
    assert _tables() == set()

    call_command("migrate", "change_tracker", verbosity=0)
    assert _tables() == before


def _tables() -> set[str]:
    names = connection.introspection.table_names()
    return {name for name in names if name.startswith("change_tracker_")}
