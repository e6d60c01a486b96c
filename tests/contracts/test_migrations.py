"""Migrations are complete, and lead back as well as forth."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

SAME = ("primary_key", "unique", "index", "check", "foreign_key")


@pytest.mark.django_db
def test_no_change_of_a_model_is_without_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_migrations_lead_to_the_tables_of_the_models_and_back() -> None:
    call_command("migrate", fake=True, verbosity=0)
    of_the_models = _tables()

    call_command("migrate", "change_tracker", "zero", verbosity=0)
    assert _tables() == {}

    call_command("migrate", "change_tracker", verbosity=0)
    assert _tables() == of_the_models


def _tables() -> dict[str, Any]:
    """Ours, with their columns and with what the database holds their rows to."""
    with connection.cursor() as cursor:
        return {
            name: (_columns(cursor, name), _constraints(cursor, name))
            for name in connection.introspection.table_names(cursor)
            if name.startswith("change_tracker_")
        }


def _columns(cursor: Any, table: str) -> dict[str, Any]:
    found = connection.introspection.get_table_description(cursor, table)
    return {each.name: (each.type_code, each.internal_size, each.null_ok) for each in found}


def _constraints(cursor: Any, table: str) -> set[Any]:
    found: dict[str, Any] = dict(connection.introspection.get_constraints(cursor, table))
    return {
        # Databases name by themselves what we do not.
        (name if name.startswith("ct_") else "", *each["columns"], *(dict(each)[it] for it in SAME))
        for name, each in found.items()
    }
