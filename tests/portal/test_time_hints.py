"""That a date was moved, or somebody is exempt, stands wherever the date does: pages and files."""

import csv
from datetime import date
from typing import Any

import pytest

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import TrainingPlan, TrainingRecord
from change_tracker.training.services import waive_record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 13)


@pytest.fixture
def initiative(lead: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead)


@pytest.fixture
def plan(initiative: Initiative, employee: Person, lead: Person) -> TrainingPlan:
    """Amira has more time for one of three, until last Friday, and is exempt from another."""
    plan = factories.make_plan(initiative, items=3, title="First week")
    enrolment = factories.make_enrolment(plan, employee, due_on=date(2026, 11, 30))
    moved, exempt, _rest = enrolment.records.order_by("pk")
    TrainingRecord.objects.filter(pk=moved.pk).update(due_on=FRIDAY, is_extended=True)
    user: Any = lead.user
    waive_record(record=exempt, reason="Knows it", actor=user, today=TODAY, now=NOW)
    other = factories.make_enrolment(plan, factories.make_person("Other"), due_on=FRIDAY)
    assert not other.records.filter(is_extended=True).exists()
    return plan


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(response.getvalue().decode("utf-8-sig").splitlines()))


def test_the_people_of_a_plan(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    page, url = sign_in.page(lead), f"/change/i/{plan.initiative.slug}/training/{plan.pk}/"

    text, rows = words(page.get(url)), rows_of(page.get(f"{url}people.csv"))

    assert text.count("More time given") == 1
    assert text.count("exempt from 1") == 1
    assert {row["Person"]: (row["Note"], row["Exempt from"]) for row in rows} == {
        "Amira Hassan": ("More time given", "1"),
        "Other": ("", ""),
    }


def test_a_later_date_that_was_moved_is_not_the_next_one(
    plan: TrainingPlan, lead: Person, sign_in: SignIn
) -> None:
    moved = TrainingRecord.objects.filter(is_extended=True)
    moved.update(due_on=date(2026, 12, 11))
    page = sign_in.page(lead)

    text = words(page.get(f"/change/i/{plan.initiative.slug}/training/{plan.pk}/"))

    assert "More time given" not in text


def test_late_people(plan: TrainingPlan, lead: Person, sign_in: SignIn) -> None:
    page, url = sign_in.page(lead), f"/change/i/{plan.initiative.slug}/training/late/"

    text, rows = words(page.get(url)), rows_of(page.get(f"{url[:-1]}.csv"))

    assert text.count("More time given") == 1
    assert sorted((row["Person"], row["Note"]) for row in rows)[:1] == [
        ("Amira Hassan", "More time given")
    ]


def test_a_team(plan: TrainingPlan, manager: Person, sign_in: SignIn) -> None:
    page = sign_in.page(manager)

    text = words(page.get("/change/team/?state=late"))
    rows = rows_of(page.get("/change/team/team.csv?state=late"))

    assert text.count("More time given") == 1
    assert [row["Note"] for row in rows] == ["More time given"]
    assert "exempt" not in text
