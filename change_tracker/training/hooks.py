"""What training adds to the slices on its left."""

from typing import Any

from change_tracker.core.access import User
from change_tracker.initiatives.models import AGENTS, Initiative, Role
from change_tracker.initiatives.points import GO_LIVE_MOVED
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.points import (
    CHANGEABLE_AUDIENCES,
    MEMBERSHIP_CONSEQUENCES,
    SYNC_CONSEQUENCES,
    VISIBLE_AUDIENCES,
)
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import CATALOGUE_SECTIONS, Section
from change_tracker.training.consequences import (
    LeaversAreWithdrawn,
    MoversTakeTheirTrainingAlong,
    cancelled_initiatives_ask_for_nothing,
    dates_follow_go_live,
    training_follows_the_group,
    what_cancelling_withdraws,
)
from change_tracker.training.models import ActivityKind, PlanAudience

ACTIVITY_KINDS = Section(key="activity_kinds", model=ActivityKind, choices={"basis": Basis.values})
LEAVERS, MOVERS = LeaversAreWithdrawn(), MoversTakeTheirTrainingAlong()


def trained_audiences(user: User) -> Any:
    """Leads, agents and coaches work with the groups of their plans."""
    mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
    return PlanAudience.objects.filter(plan__initiative__in=mine.values("pk")).values("audience")


def led_audiences(user: User) -> Any:
    """Leads change the groups of their plans."""
    mine = Initiative.objects.with_role(user, Role.LEAD)
    return PlanAudience.objects.filter(plan__initiative__in=mine.values("pk")).values("audience")


def register() -> None:
    """Fill the points; called once at start."""
    VISIBLE_AUDIENCES.register(trained_audiences)
    CHANGEABLE_AUDIENCES.register(led_audiences)
    CATALOGUE_SECTIONS.register(ACTIVITY_KINDS)
    SYNC_CONSEQUENCES.register(LEAVERS)
    SYNC_CONSEQUENCES.register(MOVERS)
    MEMBERSHIP_CONSEQUENCES.register(training_follows_the_group)
    INITIATIVE.after("cancelled", cancelled_initiatives_ask_for_nothing)
    GO_LIVE_MOVED.register(dates_follow_go_live)
    INITIATIVE.foresee("cancelled", what_cancelling_withdraws)
