"""Assigning a plan: who gets it, by when, and what a repeat does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import AudienceMember, Person
from change_tracker.training.errors import PlanClosedError
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    Assignment,
    assign_plan,
    preview_assignment,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

LATER = date(2026, 11, 30)


def assign(plan: TrainingPlan, **options: Any) -> Assignment:
    return assign_plan(plan=plan, actor=None, **{"today": TODAY, "now": NOW} | options)


def people(count: int, **values: Any) -> list[Person]:
    return [factories.make_person(**values) for _ in range(count)]


def make_plan(items: int = 2, **values: Any) -> TrainingPlan:
    return factories.make_plan(factories.make_initiative(), items=items, **values)


def test_everyone_in_the_group_gets_a_record_for_each_item() -> None:
    unit = factories.make_unit()
    group = factories.make_audience(*people(3, unit=unit))
    plan = make_plan(items=2)
    rule = factories.make_rule(plan, group, due_rule="fixed", due_on=LATER)

    done = assign(plan)

    assert done == Assignment(enrolled=3, records=6)
    record = TrainingRecord.objects.select_related("enrolment", "activity").first()
    assert record is not None
    assert (record.due_on, record.due_rule, record.state) == (LATER, "fixed", "not_started")
    assert (record.unit, record.plan, record.person) == (unit, plan, record.enrolment.person)
    assert (record.enrolment.assigned_on, record.enrolment.state) == (TODAY, "active")
    period = EnrolmentPeriod.objects.filter(enrolment=record.enrolment).get()
    assert (period.unit, period.from_on, period.to_on, period.is_open) == (unit, TODAY, None, True)
    assert EnrolmentReason.objects.filter(plan_audience=rule).count() == 3


def test_what_is_only_offered_leaves_nobody_unfinished() -> None:
    plan = make_plan(items=2)
    plan.items.update(is_required=False)
    factories.make_rule(plan, factories.make_audience(*people(2)))

    assert assign(plan) == Assignment(enrolled=2, records=4)

    assert set(Enrolment.objects.values_list("state", flat=True)) == {"completed"}
    assert set(TrainingRecord.objects.values_list("state", flat=True)) == {"not_started"}


def test_a_repeat_enrols_nobody_again_and_changes_nothing() -> None:
    plan = make_plan()
    factories.make_rule(plan, factories.make_audience(*people(3)))
    assign(plan)
    before = list(TrainingRecord.objects.order_by("pk").values())

    again = assign(plan, today=TODAY + timedelta(days=40))

    assert again == Assignment(already_enrolled=3)
    assert list(TrainingRecord.objects.order_by("pk").values()) == before
    assert EnrolmentPeriod.objects.count() == EnrolmentReason.objects.count() == 3


def test_two_groups_give_one_enrolment_both_reasons_and_the_earliest_date() -> None:
    person = factories.make_person()
    plan = make_plan(items=1)
    factories.make_rule(plan, factories.make_audience(person), due_rule="fixed", due_on=LATER)
    factories.make_rule(
        plan, factories.make_audience(person), due_rule="fixed", due_on=date(2026, 11, 25)
    )

    assert assign(plan).enrolled == 1

    assert TrainingRecord.objects.get().due_on == date(2026, 11, 25)
    assert EnrolmentReason.objects.filter(enrolment__person=person).count() == 2


def test_a_second_group_carried_out_later_brings_the_date_forward_once() -> None:
    person = factories.make_person()
    plan = make_plan(items=1)
    first = factories.make_rule(plan, factories.make_audience(person))
    assign(plan, rules=[first])
    factories.make_rule(
        plan, factories.make_audience(person), due_rule="fixed", due_on=date(2026, 11, 24)
    )

    done, again = assign(plan), assign(plan)

    assert (done.redated, done.already_enrolled, again.redated) == (1, 1, 0)
    record = TrainingRecord.objects.get()
    assert (record.due_on, record.due_revision) == (date(2026, 11, 24), 2)
    assert EnrolmentReason.objects.count() == 2


def test_a_second_group_with_a_later_date_only_adds_its_reason() -> None:
    person = factories.make_person()
    plan = make_plan(items=1)
    first = factories.make_rule(plan, factories.make_audience(person))
    assign(plan, rules=[first])
    factories.make_rule(
        plan, factories.make_audience(person), due_rule="fixed", due_on=date(2027, 3, 1)
    )

    assert assign(plan).redated == 0

    assert TrainingRecord.objects.get().due_on == LATER
    assert EnrolmentReason.objects.count() == 2


def test_an_edited_rule_sets_new_dates_with_the_next_run_and_only_then() -> None:
    plan = make_plan(items=1)
    rule = factories.make_rule(plan, factories.make_audience(*people(2)))
    assign(plan)
    type(rule).objects.filter(pk=rule.pk).update(due_on=date(2026, 12, 15), version=2)
    assert TrainingRecord.objects.filter(due_on=LATER).count() == 2

    done, again = assign(plan), assign(plan)

    assert (done.redated, again.redated) == (2, 0)
    assert TrainingRecord.objects.filter(due_on=date(2026, 12, 15), due_revision=2).count() == 2


def test_an_edited_rule_leaves_completed_work_and_items_with_their_own_rule_alone() -> None:
    plan = make_plan(items=2)
    own = plan.items.first()
    assert own is not None
    PlanItem.objects.filter(pk=own.pk).update(due_rule="fixed", due_on=date(2026, 11, 27))
    rule = factories.make_rule(plan, factories.make_audience(*people(2)))
    assign(plan)
    finished = TrainingRecord.objects.exclude(item=own).first()
    assert finished is not None
    TrainingRecord.objects.filter(pk=finished.pk).update(state="completed", completed_on=TODAY)
    type(rule).objects.filter(pk=rule.pk).update(due_on=date(2026, 12, 15), version=2)

    assert assign(plan).redated == 1

    finished.refresh_from_db()
    assert finished.due_on == LATER
    assert TrainingRecord.objects.filter(item=own, due_on=date(2026, 11, 27)).count() == 2


def test_days_after_joining_count_for_each_person_alone() -> None:
    plan = make_plan(items=1)
    early, late = people(2)
    group = factories.make_audience(early, joined_on=date(2026, 11, 16))
    AudienceMember.objects.create(audience=group, person=late, joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="joined_group", due_days=14)

    assign(plan)

    assert TrainingRecord.objects.get(person=early).due_on == date(2026, 11, 30)
    assert TrainingRecord.objects.get(person=late).due_on == date(2026, 12, 2)
    assert TrainingRecord.objects.get(person=late).due_days == 14


def test_people_with_many_different_dates_all_get_theirs() -> None:
    plan = make_plan(items=2)
    members = people(12)
    group = factories.make_audience()
    for day, person in enumerate(members):
        AudienceMember.objects.create(
            audience=group, person=person, joined_on=TODAY - timedelta(days=day)
        )
    factories.make_rule(plan, group, due_rule="joined_group", due_days=30)

    assert assign(plan).records == 24

    for day, person in enumerate(members):
        dates = set(TrainingRecord.objects.filter(person=person).values_list("due_on", flat=True))
        assert dates == {TODAY + timedelta(days=30 - day)}
    assert not TrainingRecord.objects.exclude(activity__plan_items__plan=plan).exists()


def test_each_person_and_item_has_its_own_date_when_several_rules_meet() -> None:
    plan = make_plan(items=3)
    members = people(6)
    first = plan.items.first()
    assert first is not None
    PlanItem.objects.filter(pk=first.pk).update(due_rule="fixed", due_on=date(2026, 12, 24))
    group = factories.make_audience()
    for day, person in enumerate(members):
        AudienceMember.objects.create(
            audience=group, person=person, joined_on=TODAY - timedelta(days=day)
        )
    factories.make_rule(plan, group, due_rule="joined_group", due_days=4)
    factories.make_rule(
        plan, factories.make_audience(members[0]), due_rule="fixed", due_on=date(2026, 11, 20)
    )

    assign(plan)

    found = {
        person: list(
            TrainingRecord.objects.filter(person=person)
            .order_by("item__position")
            .values_list("due_on", "due_rule", "due_days")
        )
        for person in members
    }
    own = (date(2026, 12, 24), "fixed", None)
    fixed = [(date(2026, 11, day), "fixed", None) for day in (20, 21)]
    assert found[members[0]] == [own, *fixed]
    # joined three days ago: the date is tomorrow, too soon for the second and third item
    assert found[members[3]] == [
        own,
        (date(2026, 11, 20), "joined_group", 4),
        (date(2026, 11, 21), "joined_group", 4),
    ]
    assert found[members[5]] == [own, *[(date(2026, 11, 22), "joined_group", 4)] * 2]


def test_those_who_left_the_company_or_the_group_get_nothing() -> None:
    gone = factories.make_person(ends_on=TODAY - timedelta(days=1))
    last_day, left = factories.make_person(ends_on=TODAY), factories.make_person()
    group = factories.make_audience(gone, last_day, left)
    AudienceMember.objects.filter(person=left).update(left_on=TODAY, is_open=None)
    plan = make_plan()
    factories.make_rule(plan, group)

    assert assign(plan).enrolled == 1

    assert Enrolment.objects.get().person == last_day


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_only_published_plans_are_assigned(state: str) -> None:
    plan = make_plan(state=state)

    with pytest.raises(PlanClosedError):
        assign(plan)


def test_plans_of_ended_initiatives_are_not_assigned() -> None:
    plan = factories.make_plan(factories.make_initiative(state="cancelled"))

    with pytest.raises(PlanClosedError):
        assign(plan)


def test_rejoining_opens_a_new_period_and_what_was_not_done() -> None:
    plan = make_plan(items=2)
    person = factories.make_person()
    factories.make_rule(plan, factories.make_audience(person))
    assign(plan, today=date(2026, 11, 2))
    enrolment = Enrolment.objects.get()
    kept = enrolment.records.first()
    assert kept is not None
    TrainingRecord.objects.filter(pk=kept.pk).update(
        state="completed", completed_on=date(2026, 11, 3)
    )
    withdraw_enrolment(
        enrolment=enrolment, reason="moved", actor=None, today=date(2026, 11, 9), now=NOW
    )

    preview = preview_assignment(plan=plan, today=TODAY)
    done = assign(plan)

    assert (done.rejoined, done.enrolled, preview.rejoined) == (1, 0, 1)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.assigned_on) == ("active", date(2026, 11, 2))
    periods = list(enrolment.periods.values_list("from_on", "to_on"))
    assert periods == [(date(2026, 11, 2), date(2026, 11, 9)), (TODAY, None)]
    kept.refresh_from_db()
    assert (kept.state, kept.completed_on) == ("completed", date(2026, 11, 3))
    again = enrolment.records.exclude(pk=kept.pk).get()
    assert (again.state, again.left_on, again.due_revision) == ("not_started", None, 2)


def test_one_line_of_history_for_a_run_with_its_counts(lead: Person) -> None:
    plan = make_plan(items=2)
    factories.make_rule(plan, factories.make_audience(*people(3)))

    assign_plan(plan=plan, actor=lead.user, today=TODAY, now=NOW)

    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.actor_label) == ("assigned", str(plan.pk), "priya")
    assert event.changes["enrolled"] == 3
    assert event.scope == plan.audit_scope


def test_a_rule_remembers_when_it_was_first_carried_out() -> None:
    plan = make_plan()
    rule = factories.make_rule(plan, factories.make_audience(*people(1)))

    assign(plan)
    assign(plan, today=TODAY + timedelta(days=3))

    rule.refresh_from_db()
    assert (rule.first_assigned_on, rule.was_edited_since()) == (TODAY, False)


def test_listeners_hear_of_new_enrolments_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    from change_tracker.signals import training_assigned

    heard: list[Any] = []

    def listen(sender: object, **payload: Any) -> None:
        heard.append(payload["enrolment_ids"])

    training_assigned.connect(listen)
    plan = make_plan()
    factories.make_rule(plan, factories.make_audience(*people(2)))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assign(plan)
            assert heard == []
            assign(plan)
    finally:
        training_assigned.disconnect(listen)

    assert heard == [sorted(Enrolment.objects.values_list("pk", flat=True))]


@pytest.mark.parametrize("spread", [0, 1])
def test_the_number_of_statements_does_not_grow_with_people_or_dates(spread: int) -> None:
    counted = []
    for number in (2, 60):
        plan, group = make_plan(items=3), factories.make_audience()
        AudienceMember.objects.bulk_create(
            AudienceMember(
                audience=group, person=person, joined_on=TODAY - timedelta(days=day * spread)
            )
            for day, person in enumerate(people(number))
        )
        factories.make_rule(plan, group, due_rule="joined_group", due_days=90)
        with CaptureQueriesContext(connection) as first:
            assign(plan)
        with CaptureQueriesContext(connection) as again:
            assign(plan)
        counted.append((len(first), len(again)))

    assert counted[0] == counted[1]
    assert counted[0][0] <= 25
