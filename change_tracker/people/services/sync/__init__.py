"""One sync for every source of people: check everything, show it, apply it or nothing."""

from change_tracker.people.errors import ChangedSincePreviewError
from change_tracker.people.services.sync.apply import (
    RosterRefusedError,
    SyncResult,
    apply_people,
    apply_roster,
    preview_people,
    refuse_another,
    refuse_errors,
)
from change_tracker.people.services.sync.brake import (
    TooManyChangesError,
    is_too_many,
    ordinary_changes,
)
from change_tracker.people.services.sync.plan import plan_people
from change_tracker.people.services.sync.plans import Kind, PeoplePlan, PersonChange
from change_tracker.people.services.sync.roster import COLUMNS, REQUIRED, Roster, read_roster
from change_tracker.people.services.sync.unattended import (
    roster_from,
    sync_people,
    sync_source,
)

__all__ = [
    "COLUMNS",
    "REQUIRED",
    "ChangedSincePreviewError",
    "Kind",
    "PeoplePlan",
    "PersonChange",
    "Roster",
    "RosterRefusedError",
    "SyncResult",
    "TooManyChangesError",
    "apply_people",
    "apply_roster",
    "is_too_many",
    "ordinary_changes",
    "plan_people",
    "preview_people",
    "read_roster",
    "refuse_another",
    "refuse_errors",
    "roster_from",
    "sync_people",
    "sync_source",
]
