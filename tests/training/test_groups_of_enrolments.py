"""The groups through which people have a plan, read along with a list of enrolments."""

from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.training.given import note_groups
from change_tracker.training.models import Enrolment, EnrolmentReason
from change_tracker.training.services import assign_plan
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Person]:
    """Three with one plan, each through two groups; the first has left one of them."""
    people = [factories.make_person(name) for name in ("Ann", "Bo", "Cy")]
    plan = factories.make_plan(factories.make_initiative())
    for name in ("Crews", "Desk"):
        factories.make_rule(plan, factories.make_audience(*people, name=name))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    ann = EnrolmentReason.objects.filter(enrolment__person=people[0])
    ann.filter(plan_audience__audience__name="Desk").update(ended_on=TODAY)
    return people


def said(row: Any) -> list[tuple[str, Any]]:
    return [tuple(each) for each in row.given_through]


def test_they_come_with_the_rows_in_one_query_more(
    people: list[Person], django_assert_num_queries: Any
) -> None:
    rows = Enrolment.objects.order_by("person").along_with(note_groups)

    with django_assert_num_queries(2):
        found = list(rows)
        again = list(rows)

    assert [said(each) for each in found] == [
        [("Crews", None), ("Desk", TODAY)],
        [("Crews", None), ("Desk", None)],
        [("Crews", None), ("Desk", None)],
    ]
    assert found == again


def test_they_come_with_some_rows_and_with_a_single_one(people: list[Person]) -> None:
    rows = Enrolment.objects.along_with(note_groups).order_by("person")

    assert said(rows.filter(person=people[0]).get()) == [("Crews", None), ("Desk", TODAY)]
    assert [said(each) for each in rows[1:2]] == [[("Crews", None), ("Desk", None)]]
    assert not rows.filter(state="withdrawn")


def test_who_was_given_a_plan_by_hand_has_none(people: list[Person]) -> None:
    EnrolmentReason.objects.all().delete()

    (first, *_others) = Enrolment.objects.along_with(note_groups)

    assert said(first) == []
