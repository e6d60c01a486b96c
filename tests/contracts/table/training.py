"""Activities, plans, who has them, and what they did."""

from typing import Any

from tests.contracts.table.change import entry
from tests.contracts.table.rows import (
    ANSWERED_BY,
    FIGURES,
    GIVEN,
    HANDED_IN,
    LED,
    LOOKED_AT_BY,
    PERSONS,
    ROWS,
    STAFF,
    TEAM,
    TRAINED,
    TRANSCRIPT,
    VERIFIED_BY,
    WITHDRAWN_BY,
    ByKind,
    who,
)
from tests.contracts.table.shape import Endpoint, Page, Verb, files, fixed, in_initiative
from tests.contracts.world import World

HR = who("hr")
OWN: ByKind = {name: who(name) for name in TRANSCRIPT}
OWN_OR_HR: ByKind = {kind: some | HR for kind, some in OWN.items()}
#: Managers record for their team, the others for everybody.
ATTENDABLE: ByKind = {
    "main": who("lead agent coach hr manager head"),
    "draft": who("lead agent coach hr"),
    "foreign": who("other_lead hr"),
}
#: Who records for everybody.
KEPT_BY: ByKind = {kind: some - who("manager head") for kind, some in ATTENDABLE.items()}
GIVEN_BY: ByKind = {kind: some | HR for kind, some in LED.items()}
#: What people have changes for all of them; site admins give nobody work.
REVISED_BY: ByKind = {
    kind: some if kind == "draft" else GIVEN_BY.get(kind, some) for kind, some in TRAINED.items()
}
#: A published plan keeps its items; whoever may change them is told so.
WHEN_DRAFT = frozenset({200, 409})


def item(world: World, kind: str) -> dict[str, Any]:
    plan = {"plan": world.key("TrainingPlan", kind)}
    return plan | {"activity": world.key("LearningActivity", "library"), "position": 2}


def as_it_should_be(world: World, kind: str) -> dict[str, Any]:
    activity = world.key("LearningActivity", "library")
    return {"items": [{"activity": activity}], "dry_run": True}


def rule(world: World, kind: str) -> dict[str, Any]:
    group = world.key("Audience", "other_lead's" if kind == "foreign" else "lead's")
    plan = {"plan": world.key("TrainingPlan", kind), "audience": group}
    return plan | {"due_rule": "fixed", "due_on": "2026-12-01"}


TRAINING: dict[str, Endpoint] = {
    "activity-kind": entry("ActivityKind", "basis", fixed(slug="new", label="New"), "basis"),
    "activity": Endpoint(
        rows="LearningActivity",
        shows=(
            "id initiative title kind topics body url minutes activity_version completion_rule"
            " pass_score valid_months version"
        ),
        takes="initiative title kind topics body url minutes completion_rule pass_score"
        " valid_months",
        create=TRAINED | {"library": STAFF},
        body=in_initiative(title="Listen to a call"),
        verbs={
            "new-version": Verb(
                by=TRAINED | {"library": STAFF},
                takes="completed dry_run digest",
                body=fixed(completed="keep"),
            ),
        },
    ),
    "activity-file": Endpoint(
        rows="ActivityFile",
        shows="id activity file_name size",
        takes="activity file",
        create=TRAINED,
        create_codes=frozenset({400}),
        body=lambda world, kind: {"activity": world.key("LearningActivity", kind)},
        verbs={"content": Verb(get=GIVEN)},
    ),
    "plan": Endpoint(
        rows="TrainingPlan",
        shows="id initiative title sources action is_sequential revision state moves version",
        takes="initiative title sources action is_sequential",
        create=TRAINED,
        body=in_initiative(title="First steps"),
        change_codes=WHEN_DRAFT,
        verbs={
            "move": Verb(
                by=TRAINED,
                takes="to reason",
                body=lambda world, kind: {"to": "published" if kind == "draft" else "archived"},
            ),
            "preview": Verb(get=GIVEN_BY),
            # A draft cannot be given to anybody yet.
            "assign": Verb(by=GIVEN_BY, takes="rules digest", codes=frozenset({200, 409})),
            # Nor has a draft revisions.
            "revise": Verb(
                by=GIVEN_BY,
                takes="items reopen dry_run digest",
                body=as_it_should_be,
                codes=frozenset({200, 409}),
            ),
            # Nobody of a draft; and of the others nobody is named here.
            "decide": Verb(
                by=GIVEN_BY,
                takes="decision enrolments until reason dry_run digest",
                codes=frozenset({200, 400}),
            ),
        },
    ),
    "plan-item": Endpoint(
        rows="PlanItem",
        shows=(
            "id plan activity title position is_required due_rule due_on due_days due_unit"
            " due_words removed_on version"
        ),
        takes="plan activity position is_required due_rule due_on due_days due_unit",
        create=TRAINED,
        body=item,
        change_codes=WHEN_DRAFT,
    ),
    "plan-audience": Endpoint(
        rows="PlanAudience",
        shows=(
            "id plan audience due_rule due_on due_days due_unit due_words on_leave"
            " first_assigned_on version"
        ),
        takes="plan audience due_rule due_on due_days due_unit on_leave",
        create=TRAINED,
        body=rule,
        verbs={"remove": Verb(by=GIVEN_BY, takes="dry_run digest", body=fixed(dry_run=True))},
    ),
    "enrolment": Endpoint(
        rows="Enrolment",
        shows=(
            "id person person_name plan plan_title cycle assigned_on due_on standing groups"
            " groups_left state version"
        ),
        brief={"manager head": "id person person_name plan plan_title due_on standing"},
        verbs={
            "withdraw": Verb(by=WITHDRAWN_BY, takes="reason", body=fixed(reason="Moved on")),
            # Where no group of the plan has them it is refused with the reason.
            "return": Verb(by=WITHDRAWN_BY, codes=frozenset({200, 409})),
        },
    ),
    "record": Endpoint(
        rows="TrainingRecord",
        shows=(
            "id enrolment item attempt person person_name plan activity title activity_version unit"
            " opens_on due_on due_rule due_days due_unit due_moved due_words is_extended extended"
            " standing state completed_on expires_on completed_at completed_by left_on left_by"
            " left_reason score progress progress_label origin version"
        ),
        brief={
            "manager head": (
                "id enrolment person person_name plan activity title due_on is_extended extended"
                " standing"
            )
        },
        verbs={
            # Managers and leads for those who cannot sign in, which all of the world can.
            "complete": Verb(by=OWN_OR_HR, takes="completed_on"),
            "undo": Verb(by=OWN_OR_HR),
            "waive": Verb(by=WITHDRAWN_BY, takes="reason", body=fixed(reason="Knows it")),
            # Nothing of the world is done yet.
            "revoke": Verb(
                by=WITHDRAWN_BY,
                takes="reason due_on",
                body=fixed(reason="By mistake"),
                codes=frozenset({409}),
            ),
        },
    ),
    "session": Endpoint(
        rows="Session",
        shows=(
            "id initiative activity title starts_at ends_at timezone place url led_by cancelled_on"
            " version"
        ),
        takes="initiative activity starts_at ends_at timezone place url led_by",
        create=TRAINED,
        body=lambda world, kind: {
            "initiative": world.key("Initiative", kind),
            "activity": world.key("LearningActivity", kind),
            "starts_at": "2026-12-01T13:00:00Z",
            "ends_at": "2026-12-01T14:00:00Z",
            "timezone": "Europe/Berlin",
        },
        # In the world everybody was there, so the dates stay.
        change_codes=frozenset({200, 409}),
        verbs={"attendance": Verb(by=ATTENDABLE, takes="attended absent reason")},
    ),
    "attendance": Endpoint(
        rows="Attendance", shows="id session person person_name attended recorded_at version"
    ),
    "extension": Endpoint(
        rows="ExtensionRequest",
        shows=(
            "id record person person_name plan title asked_on wanted_on reason state decided_by"
            " decided_on due_on answer version"
        ),
        takes="record wanted_on reason",
        create=OWN,
        body=lambda world, kind: {
            "record": world.key("TrainingRecord", kind),
            "wanted_on": "2026-12-11",
            "reason": "We are short of people.",
        },
        verbs={
            "grant": Verb(by=ANSWERED_BY, takes="due_on answer"),
            "refuse": Verb(by=ANSWERED_BY, takes="answer", body=fixed(answer="Not now.")),
            "take-back": Verb(by=OWN),
        },
    ),
    "learnt-elsewhere": Endpoint(
        rows="ExternalLearning",
        shows=(
            "id person person_name title kind learnt_on minutes activity topics counted_for"
            " reported_on file_name link note state decided_by decided_on answer version"
        ),
        takes="title kind learnt_on minutes activity topics file link note",
        create={"": frozenset(PERSONS)},
        body=fixed(title="A conference", kind="conference", learnt_on="2026-11-01"),
        verbs={
            "matches": Verb(get=ROWS["ExternalLearning"].read),
            "accept": Verb(by=LOOKED_AT_BY, takes="answer also"),
            "return": Verb(by=LOOKED_AT_BY, takes="answer", body=fixed(answer="Which one?")),
            "take-back": Verb(by=OWN),
            "file": Verb(get=ROWS["ExternalLearning"].read),
        },
    ),
    "submission": Endpoint(
        rows="Submission",
        shows=(
            "id record person person_name plan title handed_in_on handed_in_by file_name link note"
            " state decided_by decided_on answer version"
        ),
        takes="record file link note",
        create=OWN,
        body=lambda world, kind: {"record": world.key("TrainingRecord", kind)},
        verbs={
            "accept": Verb(by=VERIFIED_BY, takes="answer"),
            "return": Verb(by=VERIFIED_BY, takes="answer", body=fixed(answer="Not yet.")),
            "take-back": Verb(by=OWN),
            "file": Verb(get=HANDED_IN),
        },
    ),
}

NAMES: ByKind = {
    "main": who("lead coach") | STAFF,
    "draft": who("lead coach") | STAFF,
    "foreign": who("other_lead") | STAFF,
}
#: An empty form is answered with what is missing.
REFUSED_FORM = frozenset({400})
OF_PLAN = "initiative.slug pk"

PLAN_PAGES: dict[str, Page] = {
    "plans": Page(title="training plans", rows="Initiative", key="slug", by=FIGURES),
    **files("plans", "the plans", rows="Initiative", key="slug", by=FIGURES),
    **files("time-requests", "requests for more time that wait for me"),
    **files("hand-ins", "what was handed in and waits for me"),
    "late-people": Page(title="who is late", rows="Initiative", key="slug", by=NAMES),
    **files("late-people", "the same", rows="Initiative", key="slug", by=NAMES),
    "plan": Page(
        title="a plan with its figures",
        rows="TrainingPlan",
        key=OF_PLAN,
        by=FIGURES,
        led={"main": TEAM},
    ),
    **files("plan-people", "the people of a plan", rows="TrainingPlan", key=OF_PLAN, by=NAMES),
    "plan-new": Page(
        title="a new plan",
        rows="Initiative",
        key="slug",
        by=TRAINED,
        refused={kind: some - TRAINED[kind] for kind, some in FIGURES.items()},
        post=REFUSED_FORM,
    ),
    **{
        f"plan-{part}-new": Page(
            title=f"add {title} to a plan",
            rows="TrainingPlan",
            key=OF_PLAN,
            by=by,
            refused={kind: some - by[kind] for kind, some in FIGURES.items()},
            post=REFUSED_FORM,
        )
        for part, title, by in (
            ("item", "an activity", REVISED_BY),
            ("rule", "a group", TRAINED),
        )
    },
    "plan-check": Page(
        title="check, publish and assign a plan",
        rows="TrainingPlan",
        key=OF_PLAN,
        by=GIVEN_BY,
        refused={kind: some - GIVEN_BY[kind] for kind, some in FIGURES.items()},
        post=frozenset({302, 409}),
    ),
}
