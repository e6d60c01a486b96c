"""The pages of actions."""

from typing import Any

from tests.contracts.table.register import BACK, LACKING, others
from tests.contracts.table.rows import ANSWERED, FIGURES, LED, ROWS, ByKind
from tests.contracts.table.shape import Page, files

ACTION = "initiative.slug pk"
READ = ROWS["MitigationAction"].read
CHANGED = ROWS["MitigationAction"].change
DELETED = ROWS["MitigationAction"].delete


def verb(title: str, by: ByKind, **codes: Any) -> Page:
    """Something that can be done with an action."""
    return Page(
        title=title,
        rows="MitigationAction",
        key=ACTION,
        by=by,
        refused=others(by, READ),
        **{"post": LACKING, **codes},
    )


ACTION_PAGES: dict[str, Page] = {
    "actions": Page(title="actions of an initiative", rows="Initiative", key="slug", by=FIGURES),
    **files("actions", "the same", rows="Initiative", key="slug", by=FIGURES),
    **{
        name: page
        for each, title in (
            ("communication", "communication plan"),
            ("experiments", "experiments"),
            ("tools", "tools"),
        )
        for name, page in {
            each: Page(title=title, rows="Initiative", key="slug", by=FIGURES),
            **files(each, title, rows="Initiative", key="slug", by=FIGURES),
        }.items()
    },
    "action-add": Page(
        title="plan an action",
        rows="Initiative",
        key="slug",
        by=LED,
        refused=others(LED, FIGURES),
        post=LACKING,
    ),
    "actions-call-off": Page(
        title="call off what is still open",
        rows="Initiative",
        key="slug",
        by=LED,
        refused=others(LED, FIGURES),
        post=LACKING,
    ),
    "action": Page(
        title="one action (in brief for those whom it merely touches)",
        rows="MitigationAction",
        key=ACTION,
        by=READ,
    ),
    "action-edit": verb("change it", CHANGED),
    "action-details": verb("change what only its kind has", CHANGED),
    "action-hill": verb("move it over the hill", CHANGED),
    "move-action": verb(
        "move it (without saying where to: back to the action)", CHANGED, get=BACK, post=BACK
    ),
    "action-day": verb(
        "say on which day it was done (where it is not: back to the action)", CHANGED, get=BACK
    ),
    "action-answer": verb(
        "answer what blocks it (where nothing does: back to the action)",
        ANSWERED,
        get=BACK,
        post=BACK,
    ),
    "action-delete": verb("delete what has not begun", DELETED, post=BACK),
    "action-carry": verb("carry it over to another initiative", CHANGED),
}
