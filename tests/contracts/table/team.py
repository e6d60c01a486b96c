"""The pages of those to whom somebody reports, and of sponsors."""

from tests.contracts.table.rows import (
    ANSWERED_BY,
    HANDED_IN,
    PERSONS,
    ROWS,
    STAFF,
    TEAM,
    TRANSCRIPT,
    VERIFIED_BY,
    ByKind,
    who,
)
from tests.contracts.table.shape import Page, files

#: Nobody else's people, whatever else one may do: this is a page for managers.
REPORTS: ByKind = {
    "manager": who("head"),
    "employee": TEAM,
    "colleague": TEAM,
}
#: Leads and coaches read of those who have training in their initiatives.
READ_ABOUT: ByKind = {
    **{name: who(name) | STAFF for name in PERSONS},
    "manager": who("manager head") | STAFF,
    **TRANSCRIPT,
}
SPONSORED: ByKind = {
    "main": who("lead sponsor"),
    "draft": who("lead sponsor"),
    "foreign": who("other_lead"),
}

TEAM_PAGES: dict[str, Page] = {
    "team": Page(title="my team (for whom nobody reports to, it says so)"),
    **files("team", "the same"),
    "team-person": Page(title="one person of my team", rows="Person", by=REPORTS),
    "record-for-others": Page(
        title="record for people who cannot sign in (for whom one may, and nobody else)",
        post=frozenset({302}),
    ),
    "hand-in-for-other": Page(
        title="hand something in for somebody who cannot sign in (whoever signs in does it alone)",
        rows="TrainingRecord",
        get=frozenset({404}),
        post=frozenset({404}),
    ),
    "record-for-others-undo": Page(
        title="take that back", get=frozenset({302}), post=frozenset({302})
    ),
    "my-transcript": Page(title="the way to one's own transcript", get=frozenset({302})),
    "transcript": Page(title="the transcript of one person", rows="Person", by=READ_ABOUT),
    **files("transcript", "the same", rows="Person", by=READ_ABOUT),
    "time-request": Page(
        title="answer somebody who asks for more time",
        rows="ExtensionRequest",
        by=ANSWERED_BY,
        refused={
            kind: some - ANSWERED_BY[kind] for kind, some in ROWS["ExtensionRequest"].read.items()
        },
        post=frozenset({400}),
    ),
    "hand-in": Page(
        title="confirm or give back what somebody handed in",
        rows="Submission",
        by=VERIFIED_BY,
        refused={kind: some - VERIFIED_BY[kind] for kind, some in HANDED_IN.items()},
        post=frozenset({302}),
    ),
    "hand-in-file": Page(title="the file in it", rows="Submission", by=HANDED_IN),
    "elsewhere-new": Page(title="report what I learnt elsewhere", post=frozenset({400})),
    "elsewhere": Page(
        title="confirm or give back what somebody learnt elsewhere, or take it back",
        rows="ExternalLearning",
        by=ROWS["ExternalLearning"].read,
        post=frozenset({302}),
    ),
    "elsewhere-waiting": Page(title="what others report and I may confirm"),
    **files("elsewhere-waiting", "the same"),
    "elsewhere-file": Page(
        title="the file that shows it",
        rows="ExternalLearning",
        by=ROWS["ExternalLearning"].read,
    ),
    "activity-file": Page(
        title="a file of an activity", rows="ActivityFile", by=ROWS["ActivityFile"].read
    ),
    "sponsor": Page(
        title="what the sponsor promised and is asked",
        rows="Initiative",
        key="slug",
        by=SPONSORED,
    ),
}
