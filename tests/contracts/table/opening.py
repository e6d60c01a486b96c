"""The pages on which an initiative is opened, and those that say whom it touches."""

from tests.contracts.table.rows import FIGURES, LED, LED_OR_ADMIN, NOBODY, STAFF, ByKind, who
from tests.contracts.table.shape import Page, files

GROUP = "initiative.slug pk"
AUDIENCE = "initiative.slug audience_id"
#: An empty form is told what it lacks.
LACKING = frozenset({400})
#: A step of what is no draft any more leads to the overview.
STEP = frozenset({200, 302})
STEP_SENT = frozenset({400, 302})
OPENS = who("lead other_lead site_admin")
#: Audiences are also kept by human resources.
KEPT: ByKind = {kind: some | STAFF for kind, some in LED.items()}
#: Who is in a group, or only watches, does not see the audience behind it.
WORKED_WITH: ByKind = {
    "main": KEPT["main"] | who("agent coach"),
    "draft": KEPT["draft"] | who("agent coach"),
    "foreign": KEPT["foreign"],
}


def others(by: ByKind, readers: ByKind = FIGURES) -> ByKind:
    """Who sees it, but may not do it."""
    return {kind: some - by.get(kind, NOBODY) for kind, some in readers.items()}


def step(title: str) -> Page:
    return Page(
        title=title,
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=others(LED_OR_ADMIN),
        get=STEP,
        post=STEP_SENT,
    )


OPENING_PAGES: dict[str, Page] = {
    "initiative-new": Page(
        title="a new initiative",
        by={"": OPENS},
        refused={"": who("stranger employee")},
        post=LACKING,
    ),
    "initiative-new-what": step("what a draft is about, and why"),
    "initiative-new-groups": step("whom a draft touches"),
    "initiative-new-date": step("first date, sponsor and objective of a draft"),
    "group-new": Page(
        title="add a group",
        rows="Initiative",
        key="slug",
        by=LED_OR_ADMIN,
        refused=others(LED_OR_ADMIN),
        post=LACKING,
    ),
    "group-edit": Page(
        title="change how a group is touched",
        rows="AffectedGroup",
        key=GROUP,
        by=LED_OR_ADMIN,
        refused=others(LED_OR_ADMIN),
        post=LACKING,
    ),
    "group-delete": Page(
        title="take a group out of a draft",
        rows="AffectedGroup",
        key=GROUP,
        by=LED_OR_ADMIN,
        refused=others(LED_OR_ADMIN),
        post=frozenset({302, 409}),
    ),
    "audience-new": Page(
        title="make a group of people",
        rows="Initiative",
        key="slug",
        by=KEPT,
        refused=others(KEPT),
        post=LACKING,
    ),
    "audience-edit": Page(
        title="change who belongs to a group",
        rows="AffectedGroup",
        key=AUDIENCE,
        by=KEPT,
        refused=others(KEPT, WORKED_WITH),
        post=LACKING,
    ),
    **files(
        "audience-members",
        "who is in a group",
        rows="AffectedGroup",
        key=AUDIENCE,
        by=KEPT,
        refused=others(KEPT, WORKED_WITH),
    ),
    **files("groups", "the groups", rows="Initiative", key="slug", by=FIGURES),
}
