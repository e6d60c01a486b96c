"""What the database itself refuses about initiatives, whoever writes."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Objective,
)
from change_tracker.people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def refuses(write: Any) -> None:
    """The database says no, and goes on."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_states_roles_and_directions_are_those_that_we_know() -> None:
    row = factories.make_initiative()

    refuses(lambda: Initiative.objects.update(**{"state": "paused"}))
    refuses(lambda: factories.make_role(row, factories.make_person(), "boss"))
    refuses(lambda: Objective.objects.update(direction="sideways"))


def test_a_slug_names_one_initiative() -> None:
    factories.make_initiative(slug="one-desk")

    refuses(lambda: Initiative.objects.create(title="Another", slug="one-desk"))


def test_a_person_holds_a_role_once(lead: Person) -> None:
    row = factories.make_initiative(lead=lead)

    refuses(lambda: factories.make_role(row, lead, "lead"))
    factories.make_role(row, lead, "coach")
    assert InitiativeMember.objects.count() == 2


def test_an_audience_is_affected_once() -> None:
    group = factories.make_group(factories.make_initiative(), factories.make_audience())

    refuses(lambda: factories.make_group(group.initiative, group.audience))


@pytest.mark.parametrize(
    "wrong",
    [
        {"impact": 6},
        {"influence": 0},
        {"influence": 6},
        {"support": -3},
        {"support": 3},
        {"from_on": date(2026, 12, 2), "to_on": date(2026, 12, 1)},
    ],
    ids=str,
)
def test_a_group_is_described_within_bounds(wrong: dict[str, Any]) -> None:
    factories.make_group(factories.make_initiative(), factories.make_audience())

    refuses(lambda: AffectedGroup.objects.update(**wrong))
