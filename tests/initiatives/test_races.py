"""Two people at one initiative at the same time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from change_tracker.core.errors import StaleRowError
from change_tracker.initiatives.models import Initiative, InitiativeMember, Objective
from change_tracker.initiatives.readinglines import table_of
from change_tracker.initiatives.services import (
    change_reading,
    create_initiative,
    delete_part,
    import_readings,
    move_initiative,
    readings,
    record_reading,
    remove_member,
)
from change_tracker.people.models import Person
from tests import factories
from tests.factories import NOW
from tests.races import ROUNDS, Beside, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_two_leads_who_remove_each_other_leave_one() -> None:
    for _ in range(ROUNDS):
        initiative = factories.make_initiative(lead=factories.make_person())
        factories.make_role(initiative, factories.make_person(), "lead")
        first, second = InitiativeMember.objects.filter(initiative=initiative)

        at_once(
            lambda one=first: remove_member(one, actor=None, now=NOW),  # type: ignore[misc]  # bound now
            lambda one=second: remove_member(one, actor=None, now=NOW),  # type: ignore[misc]  # bound now
        )

        assert initiative.members.filter(role="lead").count() == 1


def test_an_initiative_never_starts_without_an_objective(lead: Person, sponsor: Person) -> None:
    for _ in range(ROUNDS):
        draft = factories.make_initiative(
            lead=lead, sponsor=sponsor, state="draft", group=factories.make_audience()
        )
        objective = Objective.objects.get(initiative=draft)

        at_once(
            lambda row=draft: move_initiative(row, to="active", actor=None, now=NOW),  # type: ignore[misc]  # bound now
            lambda part=objective: delete_part(part, actor=None, now=NOW),  # type: ignore[misc]  # bound now
        )

        draft.refresh_from_db()
        assert (draft.state == "active") == draft.objectives.exists()


def test_equal_titles_at_the_same_moment_get_slugs_of_their_own(lead: Person) -> None:
    user = lead.user
    assert user is not None
    for number in range(ROUNDS):
        at_once(*[lambda n=number: create_initiative(title=f"Desk {n}", actor=user, now=NOW)] * 2)

    assert Initiative.objects.count() == 2 * ROUNDS


def test_a_file_of_readings_beside_one_that_is_typed(lead: Person) -> None:
    goal = factories.make_initiative(lead=lead).objectives.get()
    by: dict[str, Any] = {"actor": None, "now": NOW}
    for number in range(ROUNDS):
        day = date(2026, 1, 1) + timedelta(days=number)
        lines = f"objective,measured_on,value\n{goal.title},{day},57\n"
        table = table_of(lines.encode())

        # Each is done or told that the other was quicker; an error that is none of ours would show.
        at_once(
            lambda file=table: import_readings(initiative=goal.initiative, table=file, **by),  # type: ignore[misc]  # bound now
            lambda on=day: record_reading(objective=goal, measured_on=on, value=Decimal(58), **by),  # type: ignore[misc]  # bound now
        )

        assert goal.measurements.filter(measured_on=day).count() == 1


def test_a_reading_that_is_corrected_while_a_file_is_read_is_not_half_undone(
    lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = factories.make_initiative(lead=lead).objectives.get()
    reading = goal.measurements.get()
    by: dict[str, Any] = {"actor": None, "now": NOW}
    lines = f"objective,measured_on,value\n{goal.title},{reading.measured_on},61\n"
    table = table_of(lines.encode())
    other = Beside(
        monkeypatch,
        readings,
        "_differs",
        lambda: change_reading(reading, note="Counted anew", value=Decimal(60), **by),
    )

    import_readings(initiative=goal.initiative, table=table, **by)

    assert isinstance(other.result(), StaleRowError), "one of them is told that the other was first"
    reading.refresh_from_db()
    assert (reading.value, reading.note, reading.version) == (Decimal(61), "", 2)
