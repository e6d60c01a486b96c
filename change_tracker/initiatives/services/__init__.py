"""Opening, carrying and ending an initiative, and the people and goals that belong to it."""

from change_tracker.initiatives.services.copying import copy_initiative
from change_tracker.initiatives.services.freezes import change_freeze, create_freeze
from change_tracker.initiatives.services.lifecycle import (
    InitiativeEndedError,
    NoPersonError,
    PublishedError,
    change_initiative,
    create_initiative,
    delete_initiative,
    foresee_go_live,
    move_initiative,
    person_of,
    require_draft,
    require_running,
)
from change_tracker.initiatives.services.members import (
    AlreadyThereError,
    LastMemberError,
    NotHereError,
    add_member,
    hand_over,
    is_needed,
    people_to_assign,
    people_to_name,
    remove_member,
    work_of,
)
from change_tracker.initiatives.services.milestones import (
    ReachedError,
    add_milestone,
    change_milestone,
    delete_milestone,
)
from change_tracker.initiatives.services.opening import set_out, touch_new_group
from change_tracker.initiatives.services.parts import (
    add_affected_group,
    add_objective,
    change_part,
    delete_part,
    require_way,
)
from change_tracker.initiatives.services.readings import (
    ReadingsImport,
    change_reading,
    delete_reading,
    import_readings,
    record_reading,
)

__all__ = [
    "AlreadyThereError",
    "InitiativeEndedError",
    "LastMemberError",
    "NoPersonError",
    "NotHereError",
    "PublishedError",
    "ReachedError",
    "ReadingsImport",
    "add_affected_group",
    "add_member",
    "add_milestone",
    "add_objective",
    "change_freeze",
    "change_initiative",
    "change_milestone",
    "change_part",
    "change_reading",
    "copy_initiative",
    "create_freeze",
    "create_initiative",
    "delete_initiative",
    "delete_milestone",
    "delete_part",
    "delete_reading",
    "foresee_go_live",
    "hand_over",
    "import_readings",
    "is_needed",
    "move_initiative",
    "people_to_assign",
    "people_to_name",
    "person_of",
    "record_reading",
    "remove_member",
    "require_draft",
    "require_running",
    "require_way",
    "set_out",
    "touch_new_group",
    "work_of",
]
