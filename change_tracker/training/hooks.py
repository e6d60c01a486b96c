"""What training adds to the slices on its left."""

from typing import Any

from change_tracker.core.access import User
from change_tracker.core.jobs.kinds import JOBS
from change_tracker.core.neighbours import RELATIONS, Relation
from change_tracker.initiatives.models import AGENTS, Initiative, Role
from change_tracker.initiatives.points import GO_LIVE_MOVED
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.mitigation.hooks import ACTION_FIELDS, actions_shown_to
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.points import (
    AUDIENCE_USES,
    CHANGEABLE_AUDIENCES,
    MEMBERSHIP_CONSEQUENCES,
    PROOF,
    SYNC_CONSEQUENCES,
    SYNC_OUTCOMES,
    VISIBLE_AUDIENCES,
)
from change_tracker.resistance.hooks import SOURCE_FIELDS
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Section
from change_tracker.training.checkjobs import CheckRevision
from change_tracker.training.consequences import (
    GO_LIVE_RULES,
    LeaversAreWithdrawn,
    MoversTakeTheirTrainingAlong,
    cancelled_initiatives_ask_for_nothing,
    training_follows_the_groups,
    what_cancelling_withdraws,
)
from change_tracker.training.jobs import DecideAboutPeople
from change_tracker.training.models import (
    ActivityKind,
    Enrolment,
    PlanAudience,
    Submission,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.peoplechanges import RequestsGoToTheManager, what_comes_back
from change_tracker.training.planjobs import AssignPlan, RemoveGroup, RevisePlan

ACTIVITY_KINDS = Section(key="activity_kinds", model=ActivityKind, choices={"basis": Basis.values})
DECIDE, ASSIGN, REVISE = DecideAboutPeople(), AssignPlan(), RevisePlan()
REMOVE_GROUP, REVISE_CHECK = RemoveGroup(), CheckRevision()
LEAVERS, MOVERS = LeaversAreWithdrawn(), MoversTakeTheirTrainingAlong()
MANAGERS = RequestsGoToTheManager()


def trained_audiences(user: User) -> Any:
    """Leads, agents and coaches work with the groups of their plans."""
    mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
    return PlanAudience.objects.filter(plan__initiative__in=mine.ids()).ids("audience")


def led_audiences(user: User) -> Any:
    """Leads change the groups of their plans."""
    mine = Initiative.objects.with_role(user, Role.LEAD)
    return PlanAudience.objects.filter(plan__initiative__in=mine.ids()).ids("audience")


def audiences_of_plans() -> Any:
    """Those that a plan is for."""
    return PlanAudience.objects.ids("audience")


def mandatory_training_that_is_done(person: int) -> tuple[str, Any]:
    """Records of required activities that the person completed."""
    done = TrainingRecord.objects.required().filter(person=person, state="completed")
    return "TrainingRecord", done.values("pk")


def what_was_handed_in_for_it(person: int) -> tuple[str, Any]:
    """Accepted hand-ins for those records."""
    _name, done = mandatory_training_that_is_done(person)
    return "Submission", Submission.objects.filter(record__in=done, state="accepted").values("pk")


PLAN_FIELDS = {"title": "title", "state": "state"}


def neighbours() -> tuple[Relation, ...]:
    """From resistance and actions to plans."""
    return (
        Relation(
            model=ResistanceSource,
            name="plans",
            rows=TrainingPlan.objects.visible_to,
            path="sources",
            fields=PLAN_FIELDS,
        ),
        Relation(
            model=MitigationAction,
            name="plans",
            rows=TrainingPlan.objects.visible_to,
            path="action",
            fields=PLAN_FIELDS,
        ),
    )


def neighbours_of_plans() -> tuple[Relation, ...]:
    """From plans back, on to people, and from people back."""
    return (
        Relation(
            model=TrainingPlan,
            name="sources",
            rows=ResistanceSource.objects.visible_to,
            path="plans",
            fields=SOURCE_FIELDS,
        ),
        Relation(
            model=TrainingPlan,
            name="actions",
            rows=actions_shown_to,
            path="plans",
            fields=ACTION_FIELDS,
        ),
        Relation(
            model=TrainingPlan,
            name="people",
            rows=Enrolment.objects.visible_to,
            path="plan",
            fields={"name": "person__display_name", "state": "state"},
        ),
        Relation(
            model=Enrolment,
            name="plans",
            rows=TrainingPlan.objects.visible_to,
            path="enrolments",
            fields=PLAN_FIELDS,
        ),
        Relation(
            model=Enrolment,
            name="actions",
            rows=actions_shown_to,
            path="plans__enrolments",
            fields=ACTION_FIELDS,
        ),
    )


def register() -> None:
    """Fill the points; called once at start."""
    RELATIONS.register(neighbours)
    RELATIONS.register(neighbours_of_plans)
    VISIBLE_AUDIENCES.register(trained_audiences)
    CHANGEABLE_AUDIENCES.register(led_audiences)
    AUDIENCE_USES.register(audiences_of_plans)
    CATALOGUE_SECTIONS.register(ACTIVITY_KINDS)
    SYNC_CONSEQUENCES.register(LEAVERS)
    SYNC_CONSEQUENCES.register(MOVERS)
    SYNC_CONSEQUENCES.register(MANAGERS)
    SYNC_OUTCOMES.register(what_comes_back)
    MEMBERSHIP_CONSEQUENCES.register(training_follows_the_groups)
    INITIATIVE.after("cancelled", cancelled_initiatives_ask_for_nothing)
    GO_LIVE_MOVED.register(GO_LIVE_RULES)
    JOBS.register(DECIDE)
    JOBS.register(ASSIGN)
    JOBS.register(REVISE)
    JOBS.register(REVISE_CHECK)
    JOBS.register(REMOVE_GROUP)
    PROOF.register(mandatory_training_that_is_done)
    PROOF.register(what_was_handed_in_for_it)
    INITIATIVE.foresee("cancelled", what_cancelling_withdraws)
