"""What people learn, and how far they are."""

from random import Random
from typing import Any

from change_tracker.core.services import create_row
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience
from change_tracker.resistance.models import ResistanceSource, Technique
from change_tracker.training.models import (
    ActivityKind,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import assign_plan, complete_record
from change_tracker.training.states import PLAN
from project.tidewater.days import Calendar
from project.tidewater.people import by

#: title, kind, minutes, topic, text, due so many days from today
ACTIVITIES = [
    (
        "The case system in your first week",
        "course",
        25,
        "topic-technical-skills",
        "Open a case, find a case, hand a case over. Five short parts; stop whenever you like.",
        -2,
    ),
    (
        "Owning a problem to the end",
        "training-session",
        45,
        "take-ownership",
        "What to say when you do not know the answer yet, and how to keep the promise.",
        2,
    ),
    (
        "Listening with empathy",
        "practice",
        15,
        "practise-empathy",
        "In your next three calls, say back in one sentence what the caller feels before you"
        " offer a solution.",
        12,
    ),
    (
        "Who does what after the change",
        "reading",
        10,
        "",
        "Two pages: who owns a case when, and whom you ask.",
        12,
    ),
]


def train(
    initiative: Initiative,
    groups: dict[str, Audience],
    sources: dict[str, ResistanceSource],
    action: MitigationAction,
    calendar: Calendar,
) -> None:
    """Publish one plan, assign it to two groups four weeks ago, and let people begin."""
    day = calendar.past(28)
    priya = by("priya", calendar.moment(day))
    plan = create_row(
        TrainingPlan,
        initiative=initiative,
        title="Ready for One Front Door",
        sources=[sources["fear-of-job-loss"], sources["silos"]],
        action=action,
        **priya,
    )
    for position, row in enumerate(ACTIVITIES, start=1):
        _add_item(plan, position, row, calendar, priya)
    for name in ("Repairs", "Contact centre"):
        create_row(
            PlanAudience,
            plan=plan,
            audience=groups[name],
            due_rule="fixed",
            due_on=calendar.day(14),
            **priya,
        )
    PLAN.move(plan, to="published", **priya)
    assign_plan(plan=plan, today=day, **priya)
    _begin(plan, calendar)


def _add_item(
    plan: TrainingPlan,
    position: int,
    row: tuple[str, str, int, str, str, int],
    calendar: Calendar,
    priya: dict[str, Any],
) -> None:
    title, kind, minutes, topic, body, days = row
    activity = create_row(
        LearningActivity,
        initiative=plan.initiative,
        title=title,
        kind=ActivityKind.objects.get(slug=kind),
        topics=list(Technique.objects.filter(slug=topic)),
        body=body,
        minutes=minutes,
        **priya,
    )
    due_on = calendar.day(days) if days > 0 else calendar.past(-days)
    create_row(
        PlanItem,
        plan=plan,
        activity=activity,
        position=position,
        due_rule="fixed",
        due_on=due_on,
        **priya,
    )


def _begin(plan: TrainingPlan, calendar: Calendar) -> None:
    """People have finished the first things, most of them in time; the same ones every time."""
    dice = Random(7)  # noqa: S311  a story, not a secret
    rows = TrainingRecord.objects.filter(plan=plan, person__user=None)
    for record in rows.select_related("item", "person").order_by("pk"):
        if dice.random() < (0.8, 0.45, 0.2, 0.1)[record.item.position - 1]:
            day = calendar.past(dice.randint(1, 20))
            complete_record(
                record=record,
                today=day,
                **by("priya", calendar.moment(day)),
            )
