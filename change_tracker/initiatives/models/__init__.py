"""What changes, why, who leads it, whom it touches and how success is measured."""

from change_tracker.initiatives.models.freezes import FreezePeriod
from change_tracker.initiatives.models.groups import AffectedGroup
from change_tracker.initiatives.models.initiative import (
    AGENTS,
    ENDED,
    MEMBERS,
    TEAM,
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
    InitiativeMember,
    OpenlyVisibleQuerySet,
    Role,
    played_by,
)
from change_tracker.initiatives.models.milestones import Milestone
from change_tracker.initiatives.models.objectives import Measurement, Objective

__all__ = [
    "AGENTS",
    "ENDED",
    "MEMBERS",
    "TEAM",
    "AffectedGroup",
    "FreezePeriod",
    "Initiative",
    "InitiativeChild",
    "InitiativeChildQuerySet",
    "InitiativeMember",
    "Measurement",
    "Milestone",
    "Objective",
    "OpenlyVisibleQuerySet",
    "Role",
    "played_by",
]
