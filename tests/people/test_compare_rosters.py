"""Only rows that differ are looked at; looking at every one of them must find the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.core.validators import validate_email
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from change_tracker.core.tables import table_of
from change_tracker.people.services.sync import (
    COLUMNS,
    REQUIRED,
    PeoplePlan,
    Roster,
    plan_people,
    read_roster,
)
from change_tracker.people.services.sync import plan as planning
from change_tracker.people.services.sync.checks import LONGEST, USUAL_ADDRESS
from change_tracker.people.services.sync.write import write_plan
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

KEYS = "abcdef"
#: What each column may say: the usual, the wrong and nothing.
SAID = {
    "name": ("Ann", "Bob", "Bob  Lee", ""),
    "email": ("ann@example.org", "shared@example.org", "at work", ""),
    "job_title": ("Planner", "N/D", ""),
    "timezone": ("Europe/London", "europe/london", "Mars", ""),
    "language": ("de", "de_DE", "xx", ""),
    "unit_id": ("u1", "U2", ""),
    "unit": ("Repairs", "repairs", "Homes", ""),
    "unit_parent": ("Homes", "Repairs", ""),
    "manager": (*KEYS, "nobody", ""),
    "starts_on": ("2026-01-31", ""),
    "ends_on": ("2025-12-31", "2026-11-01", "2027-03-01", ""),
    "username": ("ann", "bob", "nobody", ""),
    "absent_from": ("2026-01-31", "2026-11-01", ""),
    "absent_to": ("2026-11-30", "2027-03-01", ""),
}
Rows = list[dict[str, str]]


@st.composite
def rosters(draw: st.DrawFn) -> list[tuple[Rows, bool]]:
    """Of some mornings the rows, and whether whoever is absent has left.

    They are about six people. Next morning a few cells, or all of a column, are other ones.
    """
    columns = draw(st.sets(st.sampled_from([*SAID]), min_size=2)) | {"name"}
    cells = st.fixed_dictionaries({name: st.sampled_from(SAID[name]) for name in sorted(columns)})
    stand = {key: draw(cells) for key in KEYS}
    mornings = []
    for _ in range(draw(st.integers(2, 5))):
        told = draw(st.sets(st.sampled_from(KEYS), min_size=4))
        silent = draw(st.sets(st.sampled_from(sorted(columns)), max_size=1)) - {"name"}
        rows = [
            {"external_id": key} | {name: stand[key][name] for name in columns - silent}
            for key in sorted(told)
        ]
        mornings.append((rows, draw(st.booleans())))
        for key in draw(st.sets(st.sampled_from(KEYS), max_size=2)):
            stand[key] = draw(cells)
    return mornings


def roster_of(rows: Rows) -> Roster:
    table = table_of(rows, columns=COLUMNS, required=REQUIRED)
    return read_roster(table, source="directory")


@contextmanager
def every_row_looked_at() -> Iterator[None]:
    def all_of(roster: Roster, *_others: object) -> list[int]:
        return [*range(len(roster))]

    with patch.object(planning, "differing", all_of):
        yield


def facts(plan: PeoplePlan) -> dict[str, Any]:
    return {"digest": plan.digest, "counts": plan.counts, "problems": plan.problems}


@settings(max_examples=60)
@given(rosters())
def test_what_is_not_looked_at_would_have_changed_nothing(
    mornings: list[tuple[Rows, bool]],
) -> None:
    with transaction.atomic():
        for name in ("ann", "bob"):
            factories.make_user(name)
        for rows, full in mornings:
            plan = plan_people(roster_of(rows), full=full, today=TODAY)
            with every_row_looked_at():
                slow = plan_people(roster_of(rows), full=full, today=TODAY)
            assert facts(plan) == facts(slow)
            if not plan.errors:
                write_plan(plan)
        transaction.set_rollback(True)


@given(st.from_regex(USUAL_ADDRESS, fullmatch=True).filter(lambda it: len(it) <= LONGEST["email"]))
def test_an_address_that_is_not_looked_at_is_one(text: str) -> None:
    validate_email(text)
