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
from change_tracker.people.services.sync.unattended import (
    TooManyChangesError,
    ordinary_changes,
    plan_from,
    sync_people,
)

__all__ = [
    "COLUMNS",
    "REQUIRED",
    "ChangedSincePreviewError",
    "Kind",
    "PeoplePlan",
    "PersonChange",
    "Roster",
    "SyncResult",
    "TooManyChangesError",
    "apply_people",
    "ordinary_changes",
    "plan_from",
    "plan_people",
    "preview_people",
    "read_roster",
    "sync_people",
]
