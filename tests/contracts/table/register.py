"""The pages of the register."""

from tests.contracts.table.change import WRITTEN_BY
from tests.contracts.table.rows import LED, REGISTER, ByKind, who
from tests.contracts.table.shape import Endpoint, Page, Verb, files, fixed, in_initiative

ENTRY = "initiative.slug pk"
#: An empty form is told what it lacks.
LACKING = frozenset({400})
BACK = frozenset({302})


def others(by: ByKind, readers: ByKind = REGISTER) -> ByKind:
    """Who reads the register, or whatever it is, but may not do it."""
    return {kind: some - by.get(kind, frozenset()) for kind, some in readers.items()}


REGISTER_ENDPOINTS: dict[str, Endpoint] = {
    "register-upload": Endpoint(
        rows="RegisterUpload",
        shows="id initiative name headings mapping uploaded_at preview digest job",
        takes="initiative file",
        create=LED,
        create_codes=frozenset({400}),
        body=in_initiative(),
        verbs={
            "check": Verb(by={"sheet": who("lead")}, takes="mapping"),
            # Nobody has looked at that of the world.
            "apply": Verb(
                by={"sheet": who("lead")},
                takes="digest",
                body=fixed(digest="0"),
                codes=frozenset({409}),
            ),
        },
    ),
}

REGISTER_PAGES: dict[str, Page] = {
    "chain": Page(title="the chain of an initiative", rows="Initiative", key="slug", by=REGISTER),
    "register": Page(title="resistance register", rows="Initiative", key="slug", by=REGISTER),
    **files("register", "the same", rows="Initiative", key="slug", by=REGISTER),
    "lessons": Page(title="what was learnt", rows="Initiative", key="slug", by=REGISTER),
    "lesson-new": Page(
        title="write a lesson down",
        rows="Initiative",
        key="slug",
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "lesson-edit": Page(
        title="change a lesson",
        rows="Lesson",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "lesson-delete": Page(
        title="take a lesson back",
        rows="Lesson",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        post=BACK,
    ),
    "register-import": Page(
        title="bring a spreadsheet in",
        rows="Initiative",
        key="slug",
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "register-import-columns": Page(
        title="which sheet and column of it is which",
        rows="RegisterUpload",
        key=ENTRY,
        by={"sheet": who("lead")},
        post=LACKING,
    ),
    "register-import-check": Page(
        title="what it does (before anybody has looked: the columns)",
        rows="RegisterUpload",
        key=ENTRY,
        by={"sheet": who("lead")},
        get=BACK,
        post=BACK,
    ),
    "register-book": Page(
        title="all of it as a workbook", rows="Initiative", key="slug", by=REGISTER
    ),
    "register-template": Page(
        title="an empty workbook to begin with", rows="Initiative", key="slug", by=REGISTER
    ),
    "register-new": Page(
        title="add an entry",
        rows="Initiative",
        key="slug",
        by=WRITTEN_BY,
        refused=others(WRITTEN_BY),
        post=LACKING,
    ),
    "register-entry": Page(title="one entry", rows="ResistanceSource", key=ENTRY, by=REGISTER),
    "register-edit": Page(
        title="change an entry",
        rows="ResistanceSource",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "register-review": Page(
        title="review its level",
        rows="ResistanceSource",
        key=ENTRY,
        by=WRITTEN_BY,
        refused=others(WRITTEN_BY),
        post=LACKING,
    ),
    "action-new": Page(
        title="plan an action against it",
        rows="ResistanceSource",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        post=LACKING,
    ),
    "register-move": Page(
        title="move it (without saying where to: back to the entry)",
        rows="ResistanceSource",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        get=BACK,
        post=BACK,
    ),
    "register-delete": Page(
        title="delete what nobody has worked on (what somebody has: back to the entry)",
        rows="ResistanceSource",
        key=ENTRY,
        by=LED,
        refused=others(LED),
        get=BACK,
        post=frozenset({409}),
    ),
}
