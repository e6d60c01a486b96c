"""What change asks of people, by unit and month, and what collides."""

from datetime import date
from typing import Any

import pytest
import time_machine

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import OrgUnit, Person
from change_tracker.progress.load import load_of
from change_tracker.progress.loadwords import collisions_of
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import INITIATIVES, words

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 4)


@pytest.fixture
def repairs(db: None) -> OrgUnit:
    return factories.make_unit("Repairs")


@pytest.fixture
def door(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


def train(
    initiative: Initiative,
    unit: OrgUnit | None,
    due_on: date,
    *,
    people: int = 1,
    minutes: int = 60,
) -> None:
    activity = factories.make_activity(initiative, minutes=minutes)
    plan = factories.make_plan(initiative, items=[activity])
    for _ in range(people):
        factories.make_enrolment(plan, factories.make_person(unit=unit), due_on=due_on)


def minutes_of(reader: Person) -> dict[str, list[int]]:
    assert reader.user is not None
    return {
        unit.name: [cell.total for cell in unit.cells] for unit in load_of(reader.user, TODAY).units
    }


def sentences(reader: Person) -> list[str]:
    assert reader.user is not None
    return collisions_of(load_of(reader.user, TODAY), TODAY)


def test_training_and_actions_are_counted_in_the_month_in_which_they_are_due(
    door: Initiative, repairs: OrgUnit, lead: Person
) -> None:
    train(door, repairs, DECEMBER, people=3, minutes=40)
    train(door, None, date(2027, 1, 11), minutes=15)
    both = [factories.make_person(unit=repairs), factories.make_person(unit=repairs)]
    groups = [factories.make_audience(*both), factories.make_audience(both[0])]
    for _ in range(2):
        factories.make_action(door, audiences=groups, minutes=30, due_on=DECEMBER)

    # 3 x 40 of training, and twice 30 for each of two people, whatever their groups
    assert minutes_of(lead) == {"Repairs": [0, 240, 0, 0, 0, 0], "": [0, 0, 15, 0, 0, 0]}


def test_what_is_late_done_far_away_or_ended_is_not_counted(
    door: Initiative, repairs: OrgUnit, lead: Person
) -> None:
    train(door, repairs, date(2026, 11, 17))
    train(door, repairs, date(2027, 5, 1))
    train(door, repairs, TODAY)
    plan = factories.make_plan(door)
    done = factories.make_enrolment(plan, factories.make_person(unit=repairs), due_on=DECEMBER)
    done.records.update(state="completed", completed_on=TODAY, completed_at=factories.NOW)
    train(factories.make_initiative(lead=lead, state="closed"), repairs, DECEMBER)
    train(factories.make_initiative(), repairs, DECEMBER)
    group = factories.make_audience(factories.make_person(unit=repairs))
    changes: list[dict[str, Any]] = [{"state": "done", "done_on": TODAY}, {"due_on": None}]
    for each in changes:
        values: dict[str, Any] = {"minutes": 30, "due_on": DECEMBER} | each
        factories.make_action(door, audiences=[group], **values)

    assert minutes_of(lead) == {"Repairs": [60, 0, 0, 0, 0, 0]}


def test_two_initiatives_in_one_unit_and_month_collide(
    door: Initiative, repairs: OrgUnit, lead: Person
) -> None:
    words = factories.make_initiative(title="Plain words", lead=lead)
    train(door, repairs, DECEMBER, people=3)
    train(words, repairs, date(2026, 12, 30), people=1, minutes=20)
    train(words, repairs, date(2027, 1, 5))
    train(words, factories.make_unit("Sales"), DECEMBER)

    assert sentences(lead) == [
        "Repairs, December 2026: “One Front Door” (3 h) collides with “Plain words” (20 min)."
    ]


@pytest.mark.parametrize(
    ("due_on", "collides"), [(date(2026, 12, 13), False), (date(2026, 12, 14), True)]
)
def test_days_that_are_kept_free_are_so_for_every_unit_below(
    due_on: date, collides: bool, door: Initiative, lead: Person
) -> None:
    housing = factories.make_unit("Housing")
    team = factories.make_unit("Lettings", parent=housing)
    factories.make_freeze(housing)
    factories.make_freeze(factories.make_unit("Finance"), from_on=TODAY)
    train(door, team, due_on)

    expected = (
        "Lettings, December 2026: 1 h are due on days that are kept free: "
        "Year end (Mon 14 Dec to Thu 31 Dec)."
    )
    assert sentences(lead) == ([expected] if collides else [])
    assert lead.user is not None
    cells = load_of(lead.user, TODAY).units[0].cells
    assert [len(cell.freezes) for cell in cells] == [0, 1, 0, 0, 0, 0]


def test_the_busiest_units_are_shown_first_and_the_darkest(door: Initiative, lead: Person) -> None:
    for number in range(1, 15):
        train(door, factories.make_unit(f"Unit {number}"), DECEMBER, minutes=number * 10)

    assert lead.user is not None
    load = load_of(lead.user, TODAY)

    assert [unit.name for unit in load.units][:2] == ["Unit 14", "Unit 13"]
    assert (len(load.units), load.more) == (12, 2)
    assert [unit.cells[1].shade for unit in load.units] == [5, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2]


def test_it_stands_below_the_list(
    door: Initiative, repairs: OrgUnit, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in.page(lead)
        assert "What it asks of people" not in words(client.get(INITIATIVES))

        train(door, repairs, DECEMBER, minutes=85)
        factories.make_freeze(repairs)

        for reader in (lead, hr):
            text = words(sign_in.page(reader).get(INITIATIVES))
            assert "nothing 1.4 h days kept free" in text


def test_programs_and_spreadsheets_get_every_unit(
    door: Initiative, lead: Person, hr: Person, employee: Person, sign_in: SignIn
) -> None:
    for number in range(1, 15):
        train(door, factories.make_unit(f"Unit {number}"), DECEMBER, minutes=number * 10)
    busy: Any = door.trainingplans.latest("pk").enrolments.get().person.unit
    factories.make_freeze(busy)

    with time_machine.travel(NOW, tick=False):
        told = sign_in.api(lead).get("/change/api/v1/load/").json()
        sent: Any = sign_in.page(lead).get("/change/initiatives/load.csv")
        nothing = sign_in.api(employee).get("/change/api/v1/load/").json()

    assert (len(told["units"]), nothing["units"]) == (14, [])
    busiest = told["units"][0]
    assert (busiest["name"], busiest["minutes"]) == ("Unit 14", 140)
    december = busiest["months"][1]
    assert december["month"] == "2026-12-01"
    assert december["initiatives"] == [{"initiative": door.pk, "title": door.title, "minutes": 140}]
    assert [each["reason"] for each in december["days_kept_free"]] == ["Year end"]
    lines = b"".join(sent.streaming_content).decode().splitlines()
    assert len(lines) == 15
    assert lines[1].startswith(f"Unit 14,2026-12-01,{door.title},140,Year end")
