"""Initiatives, the catalogue, the register and the actions."""

from typing import Any

from tests.contracts.table.rows import (
    ADMIN,
    ANSWERED,
    LED,
    LED_OR_ADMIN,
    REGISTER,
    STAFF,
    TEAMS,
    who,
)
from tests.contracts.table.shape import Body, Endpoint, Verb, fixed, in_initiative
from tests.contracts.world import World

#: What only actions of one kind have.
OF_KINDS = (
    "sender channel message times_planned times_done evaluated_on evaluate_again_on units tried"
    " expected happened learnt"
)
MOVE = "to reason"
ENTRY = "id slug label provenance pack version"
WRITTEN_BY = TEAMS


def with_group(world: World, kind: str) -> dict[str, Any]:
    group = world.key("Audience", "other_lead's" if kind == "foreign" else "lead's")
    return {"initiative": world.key("Initiative", kind), "audience": group}


def with_sources(world: World, kind: str) -> dict[str, Any]:
    source = world.key("ResistanceSource", kind)
    where = {"initiative": world.key("Initiative", kind), "sources": [source]}
    return where | {"title": "Ask them", "kind": "communication"}


def elsewhere(world: World, kind: str) -> dict[str, Any]:
    """Resistance of another initiative of the same lead, where there is one."""
    other = {
        "main": "draft",
        "draft": "main",
        "agent's": "draft",
        "sponsor's": "draft",
        "foreign": "foreign",
    }[kind]
    return {"sources": [world.key("ResistanceSource", other)]}


def resistance(world: World, kind: str) -> dict[str, Any]:
    where = {"initiative": world.key("Initiative", kind), "statement": "Too much at once."}
    return where | {"type": world.key("SourceType", "entry")}


def source_type(world: World, kind: str) -> dict[str, Any]:
    strategy = world.key("StrategyType", "entry")
    return {
        "slug": "new",
        "label": "New",
        "category": world.key("SourceCategory", "entry"),
        "readiness_stage": "ability",
        "recommendations": [{"strategy": strategy, "basis": "proposed"}],
    }


def entry(rows: str, takes: str, body: Body, more: str = "") -> Endpoint:
    """An entry of the catalogue."""
    return Endpoint(
        rows=rows,
        shows=f"{ENTRY} {more}",
        takes=f"slug label {takes}",
        create={"": ADMIN},
        body=body,
    )


CHANGE: dict[str, Endpoint] = {
    "initiative": Endpoint(
        rows="Initiative",
        shows=(
            "id title slug purpose future_state stays_the_same go_live_on closing_note state moves"
            " version"
        ),
        takes="title purpose future_state stays_the_same go_live_on",
        create={"": who("lead other_lead site_admin")},
        body=fixed(title="A new one"),
        verbs={
            "move": Verb(
                by=LED_OR_ADMIN,
                takes=f"{MOVE} closing_note",
                body=fixed(to="cancelled", reason="No budget"),
            ),
            "candidates": Verb(get=LED_OR_ADMIN),
            "preview-go-live": Verb(
                by=LED_OR_ADMIN, takes="go_live_on", body=fixed(go_live_on="2027-01-04")
            ),
        },
    ),
    "initiative-member": Endpoint(
        rows="InitiativeMember",
        shows="id initiative person person_name role",
        takes="initiative person role",
        create=LED_OR_ADMIN,
        body=lambda world, kind: {
            "initiative": world.key("Initiative", kind),
            "person": world.key("Person", "hr"),
            "role": "viewer",
        },
    ),
    "objective": Endpoint(
        rows="Objective",
        shows="id initiative title unit baseline target direction due_on version",
        takes="initiative title unit baseline target direction due_on",
        create=LED_OR_ADMIN,
        body=in_initiative(title="Calls"),
    ),
    "lesson": Endpoint(
        rows="Lesson",
        shows="id initiative strategy eased words version",
        takes="initiative strategy eased words",
        create=LED,
        body=in_initiative(eased=True, words="They came when lunch was free."),
    ),
    "freeze-period": Endpoint(
        rows="FreezePeriod",
        shows="id unit unit_name from_on to_on reason version",
        takes="unit from_on to_on reason",
        create={"": STAFF},
        body=lambda world, kind: {
            "unit": world.key("OrgUnit", "repairs"),
            "from_on": "2026-12-14",
            "to_on": "2026-12-31",
            "reason": "Year end",
        },
    ),
    "milestone": Endpoint(
        rows="Milestone",
        shows="id initiative title due_on reached_on words version",
        takes="initiative title due_on reached_on words",
        create=LED_OR_ADMIN,
        body=in_initiative(title="Half of it", due_on="2026-12-01"),
    ),
    "measurement": Endpoint(
        rows="Measurement",
        shows="id objective measured_on value note version",
        takes="objective measured_on value note",
        create=LED_OR_ADMIN,
        body=lambda world, kind: {
            "objective": world.key("Objective", kind),
            "measured_on": "2026-11-01",
            "value": "58",
        },
    ),
    "affected-group": Endpoint(
        rows="AffectedGroup",
        shows=(
            "id initiative audience audience_name impact from_state to_state message influence"
            " support from_on to_on version"
        ),
        brief={
            "employee colleague other_team manager head": (
                "id initiative audience audience_name impact from_state to_state message from_on"
                " to_on version"
            )
        },
        takes=(
            "initiative audience impact from_state to_state message influence support from_on to_on"
        ),
        create=LED_OR_ADMIN,
        body=with_group,
    ),
    "catalogue-pack": Endpoint(rows="CataloguePack", shows="id slug pack_version loaded_at"),
    "source-category": entry("SourceCategory", "", fixed(slug="new", label="New")),
    "source-type": entry(
        "SourceType",
        "category readiness_stage signs for_people recommendations",
        source_type,
        "category readiness_stage signs for_people recommendations",
    ),
    "strategy": entry(
        "StrategyType",
        "action_kind",
        fixed(slug="new", label="New", action_kind="coaching"),
        "action_kind",
    ),
    "technique": entry(
        "Technique", "kind", fixed(slug="new", label="New", kind="behaviour"), "kind"
    ),
    "resistance": Endpoint(
        rows="ResistanceSource",
        shows=(
            "id initiative type type_label statement last_time this_time audiences origin stage"
            " owner owner_name target_level first_level latest_level review_on approver state moves"
            " version"
        ),
        takes=(
            "initiative type statement last_time this_time audiences origin stage owner"
            " target_level review_on"
        ),
        create=WRITTEN_BY,
        body=resistance,
        verbs={
            "move": Verb(
                by=LED,
                takes=f"{MOVE} approver review_on",
                body=fixed(to="dismissed", reason="A rumour"),
            ),
            "reviews": Verb(
                by=WRITTEN_BY,
                get=REGISTER,
                takes="level reviewed_on note",
                codes=frozenset({201}),
                body=fixed(level=2, reviewed_on="2026-11-18"),
            ),
            "suggestions": Verb(get=REGISTER),
        },
    ),
    "action": Endpoint(
        rows="MitigationAction",
        shows=(
            "id initiative title description kind due_on minutes done_on state moves version"
            f" sources strategy audiences owner owner_name position outcome carried_from {OF_KINDS}"
        ),
        brief={
            # Which resistance an action answers is in the register, which HR does not read.
            "hr": (
                "id initiative title description kind due_on minutes done_on state moves version"
                f" strategy audiences owner owner_name position outcome carried_from {OF_KINDS}"
            ),
            "employee colleague other_team manager head": (
                "id initiative title description kind due_on minutes done_on state moves version"
            ),
        },
        takes=(
            "initiative title description kind due_on minutes sources strategy audiences owner"
            f" position outcome {OF_KINDS}"
        ),
        create=LED,
        body=with_sources,
        verbs={
            "move": Verb(
                by=LED | {"agent's": who("lead agent"), "sponsor's": who("lead sponsor")},
                takes=MOVE,
                body=fixed(to="in_progress"),
            ),
            "done-on": Verb(
                by=LED | {"agent's": who("lead agent"), "sponsor's": who("lead sponsor")},
                takes="done_on",
                codes=frozenset({200, 409}),
                body=fixed(done_on="2026-11-01"),
            ),
            "answer-block": Verb(
                by=ANSWERED,
                takes="text",
                codes=frozenset({200, 409}),
                body=fixed(text="The second batch is ordered."),
            ),
            "carry-over": Verb(
                by=LED | {"agent's": who("lead"), "sponsor's": who("lead")},
                takes="sources",
                codes=frozenset({201, 409}),
                body=elsewhere,
            ),
        },
    ),
}
