"""Who may what, as data: the rows by identity, and what each address does with them.

An address, a method or a field that is not written down here fails the build.
"""

from tests.contracts.table.actions import ACTION_PAGES
from tests.contracts.table.change import CHANGE
from tests.contracts.table.jobs import JOB_PAGES, JOBS
from tests.contracts.table.opening import OPENING_PAGES
from tests.contracts.table.people import PEOPLE, PEOPLE_PAGES
from tests.contracts.table.plan_pages import LEAD_PAGES
from tests.contracts.table.playbooks import PLAYBOOK_PAGES, PLAYBOOKS
from tests.contracts.table.register import REGISTER_ENDPOINTS, REGISTER_PAGES, others
from tests.contracts.table.reminders import REMINDER_PAGES, REMINDERS
from tests.contracts.table.rows import FIGURES, LED, ROWS
from tests.contracts.table.setup import SETUP_PAGES
from tests.contracts.table.shape import Endpoint, Page, files
from tests.contracts.table.team import TEAM_PAGES
from tests.contracts.table.training import OWN, PLAN_PAGES, TRAINING
from tests.contracts.table.voice import VOICE, VOICE_PAGES

__all__ = ["ENDPOINTS", "PAGES", "ROWS", "SERVICES"]

ENDPOINTS: dict[str, Endpoint] = {
    **PEOPLE,
    **CHANGE,
    **REGISTER_ENDPOINTS,
    **TRAINING,
    **PLAYBOOKS,
    **VOICE,
    **REMINDERS,
    **JOBS,
    "audit": Endpoint(
        rows="AuditEvent",
        shows=(
            "id at actor_label verb object_type object_id scope from_state to_state reason changes"
        ),
    ),
}

DONE = frozenset({302})

PAGES: dict[str, Page] = {
    **PLAN_PAGES,
    **LEAD_PAGES,
    "my-training": Page(title="my training"),
    "initiatives": Page(title="initiatives with figures"),
    "catalogue": Page(title="the catalogue with its chapters"),
    "initiative": Page(
        title="overview of an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "initiative-about": Page(
        title="what an initiative means for me",
        rows="Initiative",
        key="slug",
        by=ROWS["Initiative"].read,
    ),
    "gaps": Page(
        title="what is missing in an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "initiative-progress": Page(
        title="progress of an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "item": Page(title="one's own item", rows="TrainingRecord", by=OWN),
    "item-done": Page(
        title="mark one's own item as done", rows="TrainingRecord", by=OWN, get=DONE, post=DONE
    ),
    "item-more-time": Page(
        title="ask for more time for it",
        rows="TrainingRecord",
        by=OWN,
        post=frozenset({400}),
    ),
    "item-more-time-back": Page(
        title="take that back too", rows="TrainingRecord", by=OWN, get=DONE, post=DONE
    ),
    "item-hand-in": Page(
        title="hand something in for it",
        rows="TrainingRecord",
        by=OWN,
        post=frozenset({400}),
    ),
    "item-hand-in-back": Page(
        title="take that back again",
        rows="TrainingRecord",
        by=OWN,
        get=DONE,
        post=frozenset({409}),
    ),
    "item-undo": Page(title="take that back", rows="TrainingRecord", by=OWN, get=DONE, post=DONE),
    **REGISTER_PAGES,
    **SETUP_PAGES,
    **OPENING_PAGES,
    **ACTION_PAGES,
    **PLAYBOOK_PAGES,
    **VOICE_PAGES,
    **TEAM_PAGES,
    **JOB_PAGES,
    **PEOPLE_PAGES,
    **REMINDER_PAGES,
}

LISTS_AS_FILES = {
    "record": "records",
    "enrolment": "enrolments",
    "unit": "units",
    "person": "people",
    "absence": "absences",
    "holiday": "holidays",
    "audience": "audiences",
    "people-sync": "runs of people sources",
    "activity": "activities",
    "plan": "plans",
    "plan-item": "items of plans",
    "plan-audience": "assignment rules",
    "extension": "requests for more time",
    "submission": "hand-ins",
    "session": "sessions",
    "attendance": "attendances",
    "learnt-elsewhere": "what people learnt elsewhere",
}

#: Addresses of the API that are no resource; without rows they answer everybody who is signed in.
SERVICES: dict[str, Page] = {
    "schema": Page(title="the OpenAPI document"),
    **{
        address: page
        for name, title in LISTS_AS_FILES.items()
        for address, page in files(name, title).items()
    },
    "completions-list": Page(
        title="report completions, for `change_tracker.report_completions` and HR",
        get=frozenset(),
        post=frozenset({403}),
    ),
    "recordings-list": Page(
        title="record for people who cannot sign in, row by row as far as one may",
        get=frozenset(),
        post=frozenset({400}),
    ),
    "remindings-list": Page(
        title="remind people of a plan, as far as one may",
        get=frozenset(),
        post=frozenset({400}),
    ),
    "load-list": Page(title="what initiatives ask of people"),
    "me-training-list": Page(title="one's own training"),
    "initiative-gaps-list": Page(
        title="what is missing in an initiative", rows="Initiative", by=FIGURES
    ),
    "initiative-call-off-list": Page(
        title="call off, together, what is still open in an initiative",
        rows="Initiative",
        by=LED,
        refused=others(LED, FIGURES),
        get=frozenset(),
        post=frozenset({400}),
    ),
    "initiative-progress-list": Page(
        title="figures of an initiative", rows="Initiative", by=FIGURES
    ),
}
