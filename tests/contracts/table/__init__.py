"""Who may what, as data: the rows by identity, and what each address does with them.

An address, a method or a field that is not written down here fails the build.
"""

from tests.contracts.table.change import CHANGE
from tests.contracts.table.people import PEOPLE
from tests.contracts.table.register import REGISTER_PAGES
from tests.contracts.table.reminders import REMINDERS
from tests.contracts.table.rows import ROWS, STAFF, ByKind, who
from tests.contracts.table.shape import Endpoint, Page
from tests.contracts.table.training import OWN, PLAN_PAGES, TRAINING

__all__ = ["ENDPOINTS", "PAGES", "ROWS", "SERVICES"]

ENDPOINTS: dict[str, Endpoint] = {
    **PEOPLE,
    **CHANGE,
    **TRAINING,
    **REMINDERS,
    "audit": Endpoint(
        rows="AuditEvent",
        shows=(
            "id at actor_label verb object_type object_id scope from_state to_state reason changes"
        ),
    ),
}

#: Figures without names: for those who work in the initiative, HR and site admins.
FIGURES: ByKind = {
    "main": who("lead agent coach sponsor viewer") | STAFF,
    "draft": who("lead agent coach sponsor") | STAFF,
    "foreign": who("other_lead") | STAFF,
}
DONE = frozenset({302})

PAGES: dict[str, Page] = {
    **PLAN_PAGES,
    "my-training": Page(title="my training"),
    "initiatives": Page(title="initiatives with figures"),
    "initiative": Page(
        title="overview of an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "initiative-about": Page(
        title="what an initiative means for me",
        rows="Initiative",
        key="slug",
        by=ROWS["Initiative"].read,
    ),
    "initiative-progress": Page(
        title="progress of an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "item": Page(title="one's own item", rows="TrainingRecord", by=OWN),
    "item-done": Page(
        title="mark one's own item as done", rows="TrainingRecord", by=OWN, get=DONE, post=DONE
    ),
    "item-undo": Page(title="take that back", rows="TrainingRecord", by=OWN, get=DONE, post=DONE),
    **REGISTER_PAGES,
}

#: Addresses of the API that are no resource; without rows they answer everybody who is signed in.
SERVICES: dict[str, Page] = {
    "schema": Page(title="the OpenAPI document"),
    "me-training-list": Page(title="one's own training"),
    "initiative-progress-list": Page(
        title="figures of an initiative", rows="Initiative", by=FIGURES
    ),
}
