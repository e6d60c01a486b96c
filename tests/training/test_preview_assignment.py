"""The preview says what the run then does."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import AudienceMember
from change_tracker.training.models import Enrolment, Moved, TrainingPlan, TrainingRecord
from change_tracker.training.services import (
    MovedDate,
    assign_plan,
    preview_assignment,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def make_plan(items: int = 1) -> TrainingPlan:
    return factories.make_plan(factories.make_initiative(), items=items)


def test_it_equals_the_run_and_writes_nothing() -> None:
    plan = make_plan(items=3)
    people = [factories.make_person() for _ in range(6)]
    first = factories.make_rule(plan, factories.make_audience(*people[:4]))
    assign_plan(plan=plan, actor=None, today=date(2026, 11, 2), now=NOW)
    withdraw_enrolment(
        enrolment=Enrolment.objects.get(person=people[0]),
        reason="",
        actor=None,
        today=date(2026, 11, 9),
        now=NOW,
    )
    second = factories.make_rule(
        plan, factories.make_audience(*people[2:]), due_rule="fixed", due_on=date(2026, 11, 19)
    )
    before = (list(TrainingRecord.objects.order_by("pk").values()), AuditEvent.objects.count())

    preview = preview_assignment(plan=plan, today=TODAY)

    assert (list(TrainingRecord.objects.order_by("pk").values()), AuditEvent.objects.count()) == (
        before
    )
    done = assign_plan(plan=plan, actor=None, today=TODAY, now=NOW, expected=preview.digest)
    assert (preview.enrolled, preview.rejoined, preview.already_enrolled, preview.redated) == (
        done.enrolled,
        done.rejoined,
        done.already_enrolled,
        done.redated,
    )
    assert (done.enrolled, done.rejoined, done.already_enrolled, done.redated) == (2, 1, 3, 6)
    assert sum(each.people for each in preview.moved_dates) == done.moved_dates == 4
    assert [(each.rule_id, each.people) for each in preview.rules] == [
        (first.pk, 4),
        (second.pk, 4),
    ]


def test_it_says_which_dates_move_for_how_many_and_why() -> None:
    plan = make_plan(items=2)
    group = factories.make_audience(*[factories.make_person() for _ in range(3)])
    factories.make_rule(plan, group, due_rule="fixed", due_on=date(2026, 11, 1))
    one, two = plan.items.all()

    preview = preview_assignment(plan=plan, today=TODAY)

    facts: Any = {"reason": Moved.PAST, "wanted_on": date(2026, 11, 1), "people": 3}
    assert preview.moved_dates == (
        MovedDate(item_id=one.pk, title=str(one), due_on=date(2026, 11, 19), **facts),
        MovedDate(item_id=two.pk, title=str(two), due_on=date(2026, 11, 20), **facts),
    )


def test_it_stays_short_however_many_different_days_people_joined() -> None:
    plan = make_plan()
    group = factories.make_audience()
    for day in range(20):
        AudienceMember.objects.create(
            audience=group,
            person=factories.make_person(),
            joined_on=TODAY - timedelta(days=100 + day),
        )
    factories.make_rule(plan, group, due_rule="joined_group", due_days=14)

    (moved,) = preview_assignment(plan=plan, today=TODAY).moved_dates

    assert (moved.people, moved.due_on) == (20, TODAY + timedelta(days=14))
    assert moved.wanted_on == TODAY - timedelta(days=119 - 14)


def test_it_counts_whom_it_cannot_reach() -> None:
    plan = make_plan()
    reachable = factories.make_person(login=True, email="")
    no_login, nothing = factories.make_person(), factories.make_person(email="")
    factories.make_rule(plan, factories.make_audience(reachable, no_login, nothing))

    preview = preview_assignment(plan=plan, today=TODAY)

    assert (preview.without_login, preview.without_email) == (2, 1)


def test_a_person_in_two_groups_is_counted_once() -> None:
    plan = make_plan()
    person = factories.make_person(email="")
    for _ in range(2):
        factories.make_rule(plan, factories.make_audience(person))

    preview = preview_assignment(plan=plan, today=TODAY)

    assert (preview.enrolled, preview.without_email) == (1, 1)
