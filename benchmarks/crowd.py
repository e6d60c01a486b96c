"""An organisation of any size with its training, loaded set by set."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth import get_user_model

from benchmarks.rows import insert, table
from change_tracker.initiatives.models import Initiative, InitiativeMember, Role
from change_tracker.people.models import Audience, AudienceMember, OrgUnit, Person
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

TODAY = date(2026, 11, 18)  # a Wednesday
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
ITEMS = 10
UNITS = 50


@dataclass(frozen=True, slots=True)
class Crowd:
    """One initiative, its lead, and plans that all of its people are to be given."""

    initiative: Initiative
    lead: Person
    plans: list[TrainingPlan]
    rules: list[PlanAudience]


def make_crowd(people: int, *, plans: int = 1, joined_over: int = 1, **due: object) -> Crowd:
    """So many people in one group, and so many plans of ten items with a rule for it.

    People joined the group on the last `joined_over` days; `due` is the rule of the dates.
    """
    make_people(people)
    audience = Audience.objects.create(name="Everyone")
    joined_on = f"DATE '{TODAY}' - (id %% {joined_over})::int"
    insert(
        AudienceMember,
        f"FROM {table(Person)}",
        audience=audience.pk,
        person="id",
        joined_on=joined_on,
        is_open=True,
    )
    initiative = Initiative.objects.create(
        title="Front door",
        slug="front-door",
        state="active",
        purpose="So that callers are helped at once.",
        go_live_on=TODAY + timedelta(days=90),
    )
    lead = make_caller("lead")
    InitiativeMember.objects.create(initiative=initiative, person=lead, role=Role.LEAD)
    made = [make_plan(initiative, number) for number in range(plans)]
    rule = due or {"due_rule": "fixed", "due_on": TODAY + timedelta(days=60)}
    rules = [PlanAudience.objects.create(plan=plan, audience=audience, **rule) for plan in made]
    return Crowd(initiative, lead, made, rules)


def make_people(count: int) -> None:
    """People in fifty units, without logins."""
    OrgUnit.objects.bulk_create(
        OrgUnit(external_id=f"u{n}", name=f"Unit {n}", path=f"/{n}/") for n in range(UNITS)
    )
    insert(
        Person,
        f"FROM generate_series(1, {count}) n JOIN {table(OrgUnit)} unit "
        f"ON unit.external_id = 'u' || (n %% {UNITS})",
        external_id="'p' || n",
        display_name="'Person ' || n",
        email="'p' || n || '@example.org'",
        job_title="'Clerk'",
        unit="unit.id",
    )


def make_caller(name: str) -> Person:
    """Somebody with a login, outside of the group."""
    login = get_user_model().objects.create_user(name)
    return Person.objects.create(external_id=name, display_name=name.title(), user=login)


def make_plan(initiative: Initiative, number: int) -> TrainingPlan:
    """A published plan of ten items."""
    plan = TrainingPlan.objects.create(
        initiative=initiative, title=f"Plan {number}", state="published"
    )
    for position in range(1, ITEMS + 1):
        activity = LearningActivity.objects.create(
            initiative=initiative,
            title=f"Plan {number}, part {position}",
            body="What to do, in a few lines of text.",
            minutes=15,
        )
        PlanItem.objects.create(plan=plan, activity=activity, position=position)
    return plan


def enrol(rule: PlanAudience, *, assigned_on: date, **record: object) -> None:
    """Everyone in the group gets the plan: four statements, one for each table.

    `record` are the columns of the records, SQL texts over `enrolment`, `person`, `item`,
    `activity` and `member`.
    """
    insert(
        Enrolment,
        f"FROM {table(AudienceMember)} member WHERE audience_id = {rule.audience_id} AND is_open",
        person="person_id",
        plan=rule.plan_id,
        assigned_on=assigned_on,
    )
    enrolled = (
        f"FROM {table(Enrolment)} enrolment JOIN {table(Person)} person "
        f"ON person.id = enrolment.person_id"
    )
    this_plan = f"WHERE enrolment.plan_id = {rule.plan_id}"
    insert(
        EnrolmentPeriod,
        f"{enrolled} {this_plan}",
        enrolment="enrolment.id",
        unit="person.unit_id",
        from_on=assigned_on,
        is_open=True,
    )
    insert(
        EnrolmentReason,
        f"{enrolled} {this_plan}",
        enrolment="enrolment.id",
        plan_audience=rule.pk,
    )
    insert(
        TrainingRecord,
        f"{enrolled} JOIN {table(PlanItem)} item ON item.plan_id = enrolment.plan_id "
        f"JOIN {table(LearningActivity)} activity ON activity.id = item.activity_id "
        f"JOIN {table(AudienceMember)} member ON member.person_id = person.id "
        f"AND member.audience_id = {rule.audience_id} AND member.is_open {this_plan}",
        enrolment="enrolment.id",
        item="item.id",
        person="person.id",
        plan="enrolment.plan_id",
        activity="activity.id",
        unit="person.unit_id",
        activity_version="activity.activity_version",
        opens_on=assigned_on,
        **record,
    )
