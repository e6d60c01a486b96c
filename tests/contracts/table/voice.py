"""What people say with their name, and what the change team makes of it."""

from typing import Any

from tests.contracts.table.change import WRITTEN_BY
from tests.contracts.table.register import BACK, LACKING
from tests.contracts.table.rows import HEARD_BY, ROWS, SAID, ByKind, who
from tests.contracts.table.shape import Endpoint, Page, Verb, files, fixed, in_initiative
from tests.contracts.world import World

OWN: ByKind = {name: who(name) for name in SAID}
CONCERN = "initiative.slug pk"
SHOWS = (
    "id initiative kind text activity raised_by raised_by_name raised_on promised_on"
    " acknowledged_on answered_on disposition action"
)
#: Everybody who works here may speak about what they see, unless it is not published yet.
SPEAKERS: ByKind = {kind: some for kind, some in ROWS["Initiative"].read.items() if kind != "draft"}


def source(world: World, kind: str) -> dict[str, Any]:
    where = "foreign" if kind == "other_team" else "main"
    return {"source": world.key("ResistanceSource", where)}


VOICE: dict[str, Endpoint] = {
    "feedback": Endpoint(
        rows="FeedbackItem",
        shows=f"{SHOWS} source state version",
        takes="initiative kind text activity",
        create=SPEAKERS,
        body=in_initiative(kind="question", text="Who answers at night?"),
        brief={"employee colleague other_team": f"{SHOWS} state version"},
        verbs={
            "messages": Verb(
                by=SAID,
                get=SAID,
                codes=frozenset({201}),
                takes="text",
                body=fixed(text="Since Monday."),
            ),
            "acknowledge": Verb(by=HEARD_BY),
            "answer": Verb(
                by=HEARD_BY,
                takes="disposition text action source",
                body=fixed(disposition="explained", text="The vans come first."),
            ),
            "link": Verb(by=HEARD_BY, takes="source", body=source),
            # Nothing of the world is answered yet.
            "close": Verb(by=SAID, codes=frozenset({409})),
            "withdraw": Verb(by=OWN),
        },
    ),
    "published-answer": Endpoint(
        rows="PublishedAnswer",
        shows="id initiative told did published_on is_shown version",
        takes="initiative told did is_shown",
        create=WRITTEN_BY,
        body=in_initiative(told="Too slow.", did="New ones."),
    ),
}


def own(title: str, **codes: Any) -> Page:
    """About what the caller said."""
    return Page(title=title, rows="FeedbackItem", by=OWN, **codes)


def team(title: str, **codes: Any) -> Page:
    """About what somebody said, for the change team."""
    return Page(title=title, rows="FeedbackItem", key=CONCERN, by=HEARD_BY, **codes)


VOICE_PAGES: dict[str, Page] = {
    "say": Page(title="what I said"),
    "say-new": Page(
        title="say something about an initiative",
        rows="Initiative",
        key="slug",
        by=SPEAKERS,
        post=LACKING,
    ),
    "say-item": own("one thing that I said", post=LACKING),
    "say-withdraw": own("take it back", post=BACK),
    "say-settle": own("say that the answer settles it", get=BACK, post=frozenset({409})),
    "concerns": Page(
        title="what the change team hears", rows="Initiative", key="slug", by=WRITTEN_BY
    ),
    **files("concerns", "the same", rows="Initiative", key="slug", by=WRITTEN_BY),
    "concern": team("one thing that somebody said", post=LACKING),
    "concern-acknowledge": team("say that it was read", get=BACK, post=BACK),
    "concern-answer": team("answer it", post=LACKING),
    "concern-link": team("link it to the register", post=LACKING),
    "concern-close": team("settle it", get=BACK, post=frozenset({409})),
    "told-new": Page(
        title="tell everybody what was heard and done",
        rows="Initiative",
        key="slug",
        by=WRITTEN_BY,
        post=LACKING,
    ),
    "told-edit": Page(
        title="change that, or take it down",
        rows="PublishedAnswer",
        key=CONCERN,
        by=WRITTEN_BY,
        post=LACKING,
    ),
}
