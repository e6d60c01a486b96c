"""What the database itself refuses, also from a caller that goes around the services."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from change_tracker.people.models import Holiday
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    plan = factories.make_plan(factories.make_initiative())
    person = factories.make_person()
    rule = factories.make_rule(plan, factories.make_audience(person))
    return factories.make_enrolment(plan, person, rule=rule)


def refused(write: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (TrainingPlan, {"state": "gone"}),
        (Enrolment, {"state": "gone"}),
        (TrainingRecord, {"state": "gone"}),
        (TrainingRecord, {"state": "completed"}),
        (TrainingRecord, {"state": "void"}),
        (TrainingRecord, {"left_on": TODAY}),
        (EnrolmentPeriod, {"to_on": TODAY}),
        (EnrolmentPeriod, {"is_open": None}),
        (EnrolmentPeriod, {"to_on": date(2020, 1, 1), "is_open": None}),
        (LearningActivity, {"completion_rule": "guess"}),
        (LearningActivity, {"completion_rule": "score", "pass_score": None}),
        (LearningActivity, {"completion_rule": "attest", "pass_score": 80}),
        (TrainingRecord, {"progress": 101}),
        (PlanAudience, {"due_on": None}),
        (PlanAudience, {"due_days": 3}),
        (PlanAudience, {"due_rule": "joined_group", "due_on": None, "due_days": 0}),
        (PlanAudience, {"due_rule": "joined_group", "due_on": None, "due_days": 3651}),
        (PlanAudience, {"due_rule": "joined_group", "due_on": None}),
        (PlanAudience, {"due_rule": ""}),
        (PlanAudience, {"due_rule": "go_live", "due_on": None, "due_days": 3651}),
        (PlanAudience, {"due_rule": "hired", "due_on": None, "due_days": 0}),
        (PlanAudience, {"due_rule": "before_go_live", "due_days": 10}),
        (PlanAudience, {"due_rule": "before_go_live", "due_on": None}),
        (PlanAudience, {"due_rule": "someday", "due_on": None, "due_days": 3}),
        (PlanAudience, {"due_unit": "weeks"}),
        (TrainingRecord, {"due_unit": "weeks"}),
        (TrainingRecord, {"due_moved": "because"}),
        (TrainingRecord, {"opens_on": None, "state": "in_progress"}),
        (TrainingRecord, {"opens_on": None, "state": "completed", "completed_on": TODAY}),
        (PlanItem, {"due_rule": "fixed"}),
        (PlanItem, {"due_on": TODAY}),
    ],
)
def test_a_value_that_cannot_be(enrolment: Enrolment, model: Any, values: dict[str, Any]) -> None:
    refused(lambda: model.objects.update(**values))


def test_a_value_that_can_be(enrolment: Enrolment) -> None:
    TrainingRecord.objects.update(state="completed", completed_on=TODAY)
    TrainingRecord.objects.update(state="void", left_on=TODAY)
    EnrolmentPeriod.objects.update(to_on=TODAY, is_open=None)
    PlanAudience.objects.update(due_rule="joined_group", due_on=None, due_days=3650)
    PlanAudience.objects.update(due_rule="go_live", due_days=0, due_unit="working_days")
    TrainingRecord.objects.update(opens_on=None, due_moved="past", due_unit="working_days")
    Holiday.objects.create(day=TODAY, name="New Year")


def test_nothing_twice(enrolment: Enrolment) -> None:
    record = enrolment.records.get()
    again = {
        name: getattr(record, name) for name in ("enrolment", "item", "person", "plan", "activity")
    }
    rule = PlanAudience.objects.get()

    Holiday.objects.create(day=TODAY, name="New Year")

    refused(lambda: Holiday.objects.create(day=TODAY, name="The same day"))
    refused(lambda: TrainingRecord.objects.create(**again))
    refused(lambda: Enrolment.objects.create(plan=enrolment.plan, person=enrolment.person))
    refused(lambda: EnrolmentPeriod.objects.create(enrolment=enrolment, from_on=TODAY))
    refused(lambda: EnrolmentReason.objects.create(enrolment=enrolment, plan_audience=rule))
    refused(lambda: PlanItem.objects.create(plan=enrolment.plan, activity=record.activity))
    refused(lambda: PlanAudience.objects.create(plan=enrolment.plan, audience=rule.audience))


def test_closed_periods_may_be_many(enrolment: Enrolment) -> None:
    for _ in range(2):
        EnrolmentPeriod.objects.create(
            enrolment=enrolment, from_on=TODAY, to_on=TODAY, is_open=None
        )

    assert enrolment.periods.count() == 3


def test_what_people_have_is_not_deleted_under_them(enrolment: Enrolment) -> None:
    record = enrolment.records.get()

    for row in (enrolment, record.item, record.activity, enrolment.plan, enrolment.person):
        refused(row.delete)
