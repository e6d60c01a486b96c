"""Go-live moves: what counts from it is dated anew with the next run, which is shown before."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.initiatives.services.lifecycle import change_initiative
from change_tracker.people.models import Person
from change_tracker.training.models import PlanItem, TrainingPlan
from change_tracker.training.services import assign_plan, preview_assignment
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

GO_LIVE = date(2026, 12, 7)
WEEK = timedelta(days=7)


def assigned(employee: Person, **rule: Any) -> TrainingPlan:
    """A plan of one item that the employee has, by a group with that rule."""
    plan = factories.make_plan(factories.make_initiative(go_live_on=GO_LIVE))
    factories.make_rule(plan, factories.make_audience(employee), **rule)
    assign(plan)
    return plan


def assign(plan: TrainingPlan) -> None:
    assign_plan(plan=TrainingPlan.objects.get(pk=plan.pk), actor=None, today=TODAY, now=NOW)


def move(plan: TrainingPlan, to: date) -> int:
    """Move go-live; returns how many dates the preview of the next run would change."""
    change_initiative(plan.initiative, actor=None, now=NOW, go_live_on=to)
    fresh = TrainingPlan.objects.get(pk=plan.pk)
    return preview_assignment(plan=fresh, today=TODAY).redated


def due(plan: TrainingPlan) -> date | None:
    return plan.records.get().due_on


def test_the_date_of_a_group_follows_with_the_next_run(employee: Person) -> None:
    plan = assigned(employee, due_rule="before_go_live", due_days=5)
    assert due(plan) == date(2026, 12, 2)

    assert move(plan, GO_LIVE + WEEK) == 1
    assert due(plan) == date(2026, 12, 2)
    assign(plan)

    assert due(plan) == date(2026, 12, 9)
    assert plan.records.get().due_revision == 2
    assert move(plan, GO_LIVE + WEEK) == 0


def test_so_does_the_date_of_an_activity_with_a_rule_of_its_own(employee: Person) -> None:
    plan = assigned(employee, due_rule="fixed", due_on=date(2026, 12, 24))
    PlanItem.objects.filter(plan=plan).update(due_rule="go_live", due_days=3)
    plan.records.update(due_rule="go_live", due_days=3, due_on=date(2026, 12, 10))

    assert move(plan, GO_LIVE + WEEK) == 1
    assign(plan)

    assert due(plan) == date(2026, 12, 17)


def test_other_dates_stay(employee: Person) -> None:
    plan = assigned(employee, due_rule="fixed", due_on=date(2026, 12, 24))

    assert move(plan, GO_LIVE + WEEK) == 0
    assert not plan.audiences.get().was_edited_since()


def test_another_title_moves_no_date(employee: Person) -> None:
    plan = assigned(employee, due_rule="before_go_live", due_days=5)

    change_initiative(plan.initiative, actor=None, now=NOW, title="One Front Door")

    assert not plan.audiences.get().was_edited_since()
