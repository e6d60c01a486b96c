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
from change_tracker.training.services.planning import (
    add_item,
    add_rule,
    append_item,
    change_activity,
    change_item,
    change_plan,
    change_rule,
    create_plan,
    delete_item,
    delete_plan,
    delete_rule,
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
    "add_item",
    "add_rule",
    "append_item",
    "assign_plan",
    "change_activity",
    "change_item",
    "change_plan",
    "change_rule",
    "change_units",
    "complete_record",
    "create_plan",
    "delete_item",
    "delete_plan",
    "delete_rule",
    "leave_plans",
    "preview_assignment",
    "undo_completion",
    "waive_record",
    "withdraw_enrolment",
]
