"""What a lead does with a plan and its people, on pages."""

from tests.contracts.table.rows import (
    FIGURES,
    ROWS,
    TRAINED,
    TRAINED_DELETE,
    TRANSCRIPT,
    WITHDRAWN_BY,
    ByKind,
    who,
)
from tests.contracts.table.shape import Page, files
from tests.contracts.table.training import (
    ATTENDABLE,
    GIVEN_BY,
    KEPT_BY,
    OF_PLAN,
    REFUSED_FORM,
    REVISED_BY,
)

BACK = frozenset({302})
ITEM = "plan.initiative.slug plan_id pk"
PERSON = "plan.initiative.slug plan_id pk"
RECORD = "plan.initiative.slug plan_id enrolment_id pk"
#: Pages that ask for nothing do it, or say why not.
DONE = frozenset({302, 409})
#: What was not looked at is refused, and so is writing about what does not run.
CHECKED_OR_OFF = frozenset({409})
#: What was not looked at is refused.
CHECKED = frozenset({400, 409})
#: Names of the people of a plan, for those who also read its figures.
NAMED: ByKind = {kind: some - who("manager head") - {kind} for kind, some in TRANSCRIPT.items()}


def others(by: ByKind, readers: ByKind = FIGURES) -> ByKind:
    """Who reads the page, but may not do this."""
    return {kind: some - by[kind] for kind, some in readers.items()}


def of_plan(title: str, by: ByKind, post: frozenset[int], get: frozenset[int]) -> Page:
    return Page(
        title=title,
        rows="TrainingPlan",
        key=OF_PLAN,
        by=by,
        refused=others(by),
        post=post,
        get=get,
    )


def of_part(
    title: str, rows: str, post: frozenset[int], get: frozenset[int], by: ByKind = TRAINED
) -> Page:
    return Page(
        title=title,
        rows=rows,
        key=ITEM,
        by=by,
        refused=others(by),
        post=post,
        get=get,
    )


def of_session(title: str, by: ByKind, post: frozenset[int] = frozenset()) -> Page:
    return Page(
        title=title,
        rows="Session",
        key="initiative.slug pk",
        by=by,
        refused=others(by, ROWS["Session"].read),
        post=post,
    )


OK = frozenset({200})

LEAD_PAGES: dict[str, Page] = {
    "plan-edit": of_plan("change a plan", TRAINED, REFUSED_FORM, OK),
    "move-plan": of_plan("archive a plan", TRAINED, DONE, OK),
    "plan-delete": of_plan("delete a draft", TRAINED_DELETE, DONE, OK),
    "plan-items": of_plan("change several items at once", REVISED_BY, REFUSED_FORM, OK),
    "plan-revisions": Page(
        title="past revisions of a plan", rows="TrainingPlan", key=OF_PLAN, by=FIGURES
    ),
    "plan-item-edit": of_part("change an item", "PlanItem", REFUSED_FORM, OK, REVISED_BY),
    "plan-item-move": of_part("move an item up or down", "PlanItem", DONE, BACK, REVISED_BY),
    "plan-item-remove": of_part("take an item out", "PlanItem", DONE, OK, REVISED_BY),
    "activity-version": of_part("make a new version of an activity", "PlanItem", CHECKED, OK),
    "activity-edit": of_part("change the text of an activity", "PlanItem", REFUSED_FORM, OK),
    "activity-files": of_part("add and remove files of an activity", "PlanItem", REFUSED_FORM, OK),
    "plan-rule-edit": of_part("change by when a group is due", "PlanAudience", REFUSED_FORM, OK),
    "plan-rule-remove": of_part("take a group out of a plan", "PlanAudience", DONE, OK),
    "plan-people-check": of_plan(
        "exempt or withdraw people (without saying which: back to the plan)", GIVEN_BY, BACK, BACK
    ),
    "plan-people-remind": of_plan("remind chosen people", GIVEN_BY, CHECKED_OR_OFF, OK),
    "plan-sessions": Page(
        title="sessions of a plan's activities", rows="TrainingPlan", key=OF_PLAN, by=FIGURES
    ),
    **files("plan-sessions", "the sessions", rows="TrainingPlan", key=OF_PLAN, by=FIGURES),
    **{
        f"session-attendance-{form}": of_session(f"who was there as {form.upper()}", ATTENDABLE)
        for form in ("csv", "xlsx")
    },
    "session-new": of_plan("add a session", TRAINED, REFUSED_FORM, OK),
    "session": of_session("who was at a session", ATTENDABLE, frozenset({302})),
    "session-walk-in": of_session("note somebody unexpected", KEPT_BY, frozenset({400})),
    "session-sheet": of_session("the sheet to sign", ATTENDABLE),
    "session-edit": of_session("change a session", TRAINED, REFUSED_FORM),
    "session-delete": of_session("delete a session", TRAINED_DELETE, DONE),
    "plan-person": Page(title="one person's plan", rows="Enrolment", key=PERSON, by=NAMED),
    "plan-person-return": Page(
        title="enrol somebody again",
        rows="Enrolment",
        key=PERSON,
        by=WITHDRAWN_BY,
        refused=others(WITHDRAWN_BY, NAMED),
        get=BACK,
        post=DONE,
    ),
    **{
        f"plan-record-{verb}": Page(
            title=title,
            rows="TrainingRecord",
            key=RECORD,
            by=WITHDRAWN_BY,
            refused=others(WITHDRAWN_BY, NAMED),
            post=REFUSED_FORM,
        )
        for verb, title in (
            ("exempt", "exempt somebody from one item"),
            ("revoke", "take back that somebody has done one item"),
        )
    },
}
