"""The pages that set an initiative up."""

from typing import Any

from tests.contracts.table.rows import FIGURES, LED_OR_ADMIN, OPENLY, ByKind
from tests.contracts.table.shape import Page, files

#: They read the inside, but may not change it; a draft is its lead's alone.
OTHERS: ByKind = {kind: some - LED_OR_ADMIN[kind] for kind, some in FIGURES.items()}
#: They see the goal, but may not say what it is.
READERS: ByKind = {kind: some - LED_OR_ADMIN[kind] for kind, some in OPENLY.items()}
PART = "initiative.slug pk"
READING = "objective.initiative.slug pk"
#: An empty form is told what it lacks.
LACKING = frozenset({400})
BACK = frozenset({302})
#: Of what is published nothing is deleted; its last lead stays.
DONE_IN_A_DRAFT = frozenset({302, 409})
ASKED_IN_A_DRAFT = frozenset({200, 302})

MILESTONE_VERBS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("milestone-edit", "change a milestone", {"post": LACKING}),
    ("milestone-reach", "say that it is reached", {"post": LACKING}),
    ("milestone-not-reached", "take that back again", {"get": BACK, "post": BACK}),
    ("milestone-delete", "delete it while it is not", {"post": BACK}),
)

SETUP_PAGES: dict[str, Page] = {
    "initiative-setup": Page(
        title="set-up of an initiative", rows="Initiative", key="slug", by=FIGURES
    ),
    "initiative-edit": Page(
        title="change what it says of itself",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "initiative-copy": Page(
        title="begin another one with what it says",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "move-initiative": Page(
        title="move it (without saying where to: back to the set-up)",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        get=BACK,
        post=BACK,
    ),
    "initiative-delete": Page(
        title="delete a draft",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        get=ASKED_IN_A_DRAFT,
        post=DONE_IN_A_DRAFT,
    ),
    "member-new": Page(
        title="name somebody",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "member-remove": Page(
        title="take a role away",
        rows="InitiativeMember",
        key=PART,
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=DONE_IN_A_DRAFT,
    ),
    "member-hand-over": Page(
        title="hand a role over (also that of a lead who has left: sponsor and HR)",
        rows="InitiativeMember",
        key=PART,
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "objective-new": Page(
        title="add an objective",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "objective-edit": Page(
        title="change an objective",
        rows="Objective",
        key=PART,
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    "objective-delete": Page(
        title="delete an objective of a draft",
        rows="Objective",
        key=PART,
        by=LED_OR_ADMIN,
        refused=OTHERS,
        get=ASKED_IN_A_DRAFT,
        post=DONE_IN_A_DRAFT,
    ),
    "milestone-new": Page(
        title="add a milestone",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    **{
        name: Page(
            title=title, rows="Milestone", key=PART, by=LED_OR_ADMIN, refused=OTHERS, **codes
        )
        for name, title, codes in MILESTONE_VERBS
    },
    "objective": Page(
        title="an objective, its trend and readings", rows="Objective", key=PART, by=OPENLY
    ),
    "reading-new": Page(
        title="add a reading",
        rows="Objective",
        key=PART,
        by=LED_OR_ADMIN,
        refused=READERS,
        post=LACKING,
    ),
    "reading-edit": Page(
        title="correct a reading",
        rows="Measurement",
        key=READING,
        by=LED_OR_ADMIN,
        refused=READERS,
        post=LACKING,
    ),
    "reading-delete": Page(
        title="take a reading back",
        rows="Measurement",
        key=READING,
        by=LED_OR_ADMIN,
        refused=READERS,
        post=BACK,
    ),
    "readings-import": Page(
        title="bring readings in from a file",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=OTHERS,
        post=LACKING,
    ),
    **files("readings", "readings of its objectives", rows="Initiative", key="slug", by=FIGURES),
    **files("initiatives", "the list of initiatives"),
    **files("load", "what initiatives ask of people"),
}
