"""Two at once of whom one draws lines and paths that the other's change is a part of."""

from datetime import timedelta
from typing import Any

import pytest

from change_tracker.people.models import OrgUnit, Person, ReportingLine
from change_tracker.people.services import calendar, persons, units
from change_tracker.people.services.calendar import follow_calendar
from change_tracker.people.services.persons import change_person, create_person
from change_tracker.people.services.units import change_unit, create_unit
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import Beside

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
BY: dict[str, Any] = {"actor": None, "today": TODAY, "now": NOW}
YESTERDAY = TODAY - timedelta(days=1)


def managers_of(person: Person) -> set[int | None]:
    return set(ReportingLine.objects.filter(person=person).values_list("manager", flat=True))


def test_who_has_no_manager_any_more_has_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    head, top = factories.make_person(), factories.make_person()
    deputy = factories.make_person(manager=head)
    other = Beside(
        monkeypatch,
        persons,
        "recompute_audiences",
        lambda: change_person(deputy, manager=None, **BY),
    )

    change_person(head, manager=top, **BY)

    assert isinstance(other.result(), Person)
    assert managers_of(deputy) == set(), "they would see what only managers see"


def test_who_leaves_while_somebody_above_gets_another_manager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head, top = factories.make_person(), factories.make_person()
    deputy = factories.make_person(manager=head)
    report = factories.make_person(manager=deputy)
    other = Beside(
        monkeypatch,
        persons,
        "recompute_audiences",
        lambda: change_person(deputy, ends_on=YESTERDAY, **BY),
    )

    change_person(head, manager=top, **BY)

    assert isinstance(other.result(), Person)
    assert managers_of(report) == {head.pk, top.pk}


def test_who_is_added_while_somebody_above_gets_another_manager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head, top = factories.make_person(), factories.make_person()
    added: dict[str, Any] = {"external_id": "new", "display_name": "New", "manager": head}
    other = Beside(
        monkeypatch, persons, "recompute_audiences", lambda: create_person(**added, **BY)
    )

    change_person(head, manager=top, **BY)

    assert isinstance(other.result(), Person)
    assert managers_of(Person.objects.get(external_id="new")) == {head.pk, top.pk}


def test_who_comes_back_while_the_calendar_turns_has_their_training_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = factories.make_unit()
    person = factories.make_person(unit=unit, ends_on=YESTERDAY)
    group = factories.make_audience(person, unit=unit)
    plan = factories.make_plan(factories.make_initiative(), state="published")
    rule = factories.make_rule(plan, group, first_assigned_on=YESTERDAY)
    enrolment = factories.make_enrolment(plan, person, rule=rule)
    other = Beside(
        monkeypatch, calendar, "carry_out", lambda: change_person(person, ends_on=None, **BY)
    )

    follow_calendar(today=TODAY, now=NOW)

    assert isinstance(other.result(), Person)
    assert group.members.filter(is_open=True, person=person).exists()
    enrolment.refresh_from_db()
    assert enrolment.state != "withdrawn", "it would be withdrawn from somebody who works here"


def test_a_unit_that_is_added_below_one_that_moves_lies_where_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    region, repairs = factories.make_unit(), factories.make_unit()
    added: dict[str, Any] = {"external_id": "new", "name": "New", "parent": repairs}
    by: dict[str, Any] = {"actor": None, "now": NOW}
    other = Beside(monkeypatch, units, "recompute_audiences", lambda: create_unit(**added, **by))

    change_unit(repairs, parent=region, **BY)

    assert isinstance(other.result(), OrgUnit)
    new = OrgUnit.objects.get(external_id="new")
    assert new.path.startswith(f"/{region.pk}/{repairs.pk}/"), "groups below miss its people"
