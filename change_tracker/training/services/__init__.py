"""Everything that changes training: assign, complete, take back, exempt, withdraw, edit plans."""

from change_tracker.training.services.assigning import assign_plan
from change_tracker.training.services.completing import (
    complete_record,
    undo_completion,
    waive_record,
)
from change_tracker.training.services.leaving import (
    change_units,
    leave_plans,
    withdraw_enrolment,
)
from change_tracker.training.services.previewing import preview_assignment
from change_tracker.training.services.results import (
    Assignment,
    AssignmentPreview,
    MovedDate,
    RuleCount,
)

__all__ = [
    "Assignment",
    "AssignmentPreview",
    "MovedDate",
    "RuleCount",
    "assign_plan",
    "change_units",
    "complete_record",
    "leave_plans",
    "preview_assignment",
    "undo_completion",
    "waive_record",
    "withdraw_enrolment",
]
