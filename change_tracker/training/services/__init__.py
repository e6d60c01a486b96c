"""What changes training: assign, complete, take back, exempt, withdraw, edit plans."""

from change_tracker.training.services.assigning import assign_plan
from change_tracker.training.services.attaching import MOST_FILES, attach_file, remove_file
from change_tracker.training.services.attending import Attended, record_attendance
from change_tracker.training.services.completing import (
    complete_record,
    undo_completion,
    waive_record,
)
from change_tracker.training.services.deciding import (
    Decision,
    Verdict,
    Verdicts,
    exempt_people,
    extend_people,
    preview_decision,
    withdraw_people,
)
from change_tracker.training.services.elsewhere import (
    confirm_learning,
    report_learning,
    return_learning,
    take_back_learning,
)
from change_tracker.training.services.extending import (
    ask_for_time,
    grant_time,
    refuse_time,
    take_back_request,
)
from change_tracker.training.services.leaving import (
    change_units,
    leave_plans,
    withdraw_enrolment,
)
from change_tracker.training.services.oneself import is_oneself
from change_tracker.training.services.planning import (
    add_item,
    append_item,
    change_activity,
    change_item,
    change_plan,
    create_activity,
    create_plan,
    delete_item,
    delete_plan,
    move_plan,
    refusal_to_change_items,
    refusal_to_delete,
    refusal_to_reorder,
    refusal_to_revise,
    shift_item,
)
from change_tracker.training.services.planrules import (
    add_rule,
    change_rule,
    delete_rule,
    refusal_to_change_rules,
    refusal_to_delete_rule,
)
from change_tracker.training.services.previewing import preview_assignment
from change_tracker.training.services.recertifying import recertify
from change_tracker.training.services.recording import (
    Reach,
    Recorded,
    record_for_other,
    record_for_others,
    undo_for_others,
    undoable,
)
from change_tracker.training.services.removing import Removal, preview_removal, remove_rule
from change_tracker.training.services.reporting import (
    MOST_REPORTS,
    Outcome,
    Report,
    report_completions,
)
from change_tracker.training.services.results import (
    Assignment,
    AssignmentPreview,
    MovedDate,
    RuleCount,
)
from change_tracker.training.services.returning import enrol_again
from change_tracker.training.services.revising import (
    changes_nothing,
    preview_revision,
    revise_plan,
)
from change_tracker.training.services.revisions import Revision, Wanted
from change_tracker.training.services.revoking import due_again, revoke_completion
from change_tracker.training.services.sessions import (
    change_session,
    create_session,
    delete_session,
)
from change_tracker.training.services.submitting import (
    accept_submission,
    hand_in,
    return_submission,
    take_back_submission,
)
from change_tracker.training.services.versioning import (
    NewVersion,
    OlderVersions,
    preview_version,
    raise_version,
)

__all__ = [
    "MOST_FILES",
    "MOST_REPORTS",
    "Assignment",
    "AssignmentPreview",
    "Attended",
    "Decision",
    "MovedDate",
    "NewVersion",
    "OlderVersions",
    "Outcome",
    "Reach",
    "Recorded",
    "Removal",
    "Report",
    "Revision",
    "RuleCount",
    "Verdict",
    "Verdicts",
    "Wanted",
    "accept_submission",
    "add_item",
    "add_rule",
    "append_item",
    "ask_for_time",
    "assign_plan",
    "attach_file",
    "change_activity",
    "change_item",
    "change_plan",
    "change_rule",
    "change_session",
    "change_units",
    "changes_nothing",
    "complete_record",
    "confirm_learning",
    "create_activity",
    "create_plan",
    "create_session",
    "delete_item",
    "delete_plan",
    "delete_rule",
    "delete_session",
    "due_again",
    "enrol_again",
    "exempt_people",
    "extend_people",
    "grant_time",
    "hand_in",
    "is_oneself",
    "leave_plans",
    "move_plan",
    "preview_assignment",
    "preview_decision",
    "preview_removal",
    "preview_revision",
    "preview_version",
    "raise_version",
    "recertify",
    "record_attendance",
    "record_for_other",
    "record_for_others",
    "refusal_to_change_items",
    "refusal_to_change_rules",
    "refusal_to_delete",
    "refusal_to_delete_rule",
    "refusal_to_reorder",
    "refusal_to_revise",
    "refuse_time",
    "remove_file",
    "remove_rule",
    "report_completions",
    "report_learning",
    "return_learning",
    "return_submission",
    "revise_plan",
    "revoke_completion",
    "shift_item",
    "take_back_learning",
    "take_back_request",
    "take_back_submission",
    "undo_completion",
    "undo_for_others",
    "undoable",
    "waive_record",
    "withdraw_enrolment",
    "withdraw_people",
]
