"""One sync for every source of people: check everything, show it, apply it or nothing."""

from change_tracker.people.services.sync.apply import (
    ChangedSincePreviewError,
    SyncResult,
    apply_people,
    preview_people,
)
from change_tracker.people.services.sync.plan import plan_people
from change_tracker.people.services.sync.plans import Kind, PeoplePlan, PersonChange
from change_tracker.people.services.sync.roster import COLUMNS, REQUIRED, Roster, read_roster

__all__ = [
    "COLUMNS",
    "REQUIRED",
    "ChangedSincePreviewError",
    "Kind",
    "PeoplePlan",
    "PersonChange",
    "Roster",
    "SyncResult",
    "apply_people",
    "plan_people",
    "preview_people",
    "read_roster",
]
