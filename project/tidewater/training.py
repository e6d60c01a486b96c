"""Plans, and the waves in which groups are given them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from change_tracker.core.services import create_row
from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.models import Technique
from change_tracker.training.models import (
    ActivityKind,
    LearningActivity,
    PlanAudience,
    TrainingPlan,
)
from change_tracker.training.services import add_item, add_rule, assign_plan, create_plan
from change_tracker.training.states import PLAN
from project.tidewater.days import Calendar
from project.tidewater.diary import Diary
from project.tidewater.habits import Habit, learn
from project.tidewater.people import by
from project.tidewater.resistance import Groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One item of a plan. It is due `due` days from today or, for all who join, `after` days
    later; with neither, when the group's rule says.
    """

    title: str
    kind: str
    minutes: int
    body: str
    topic: str = ""
    due: int | None = None
    after: int | None = None
    is_required: bool = True
    #: for how many months it counts; it is asked for again before
    months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A group that was given the plan so many days ago, due so many days from today."""

    group: str
    days_ago: int
    due: int
    habit: Habit


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A plan with its items and waves; the first wave begins when it is published."""

    title: str
    lessons: Sequence[Lesson]
    waves: Sequence[Wave]


def train(
    initiative: Initiative,
    course: Course,
    groups: Groups,
    diary: Diary,
    calendar: Calendar,
    **answers: Any,
) -> TrainingPlan:
    """Publish the plan; what people do with it is entered into `diary`."""
    day = calendar.past(max(wave.days_ago for wave in course.waves))
    priya = by("priya", calendar.moment(day))
    plan = create_plan(initiative=initiative, title=course.title, **answers, **priya)
    for position, lesson in enumerate(course.lessons, start=1):
        _add(plan, position, lesson, calendar, priya)
    PLAN.move(plan, to="published", **priya)
    for wave in course.waves:
        deed = partial(_give, plan, wave, groups, diary, calendar)
        diary.enter(calendar.past(wave.days_ago), deed)
    return plan


def _add(
    plan: TrainingPlan, position: int, lesson: Lesson, calendar: Calendar, priya: dict[str, Any]
) -> None:
    activity = create_row(
        LearningActivity,
        initiative=plan.initiative,
        title=lesson.title,
        kind=ActivityKind.objects.get(slug=lesson.kind),
        topics=list(Technique.objects.filter(slug=lesson.topic)),
        body=lesson.body,
        minutes=lesson.minutes,
        valid_months=lesson.months,
        **priya,
    )
    add_item(
        plan=plan,
        activity=activity,
        position=position,
        is_required=lesson.is_required,
        **_due(lesson, calendar),
        **priya,
    )


def _due(lesson: Lesson, calendar: Calendar) -> dict[str, Any]:
    if lesson.after is not None:
        return {"due_rule": "joined_group", "due_days": lesson.after}
    if lesson.due is None:
        return {}
    due_on = calendar.day(lesson.due) if lesson.due > 0 else calendar.past(-lesson.due)
    return {"due_rule": "fixed", "due_on": due_on}


def _give(
    plan: TrainingPlan,
    wave: Wave,
    groups: Groups,
    diary: Diary,
    calendar: Calendar,
    now: datetime,
) -> None:
    rule: PlanAudience = add_rule(
        plan=plan,
        audience=groups[wave.group],
        due_rule="fixed",
        due_on=calendar.day(wave.due) if wave.due > 0 else calendar.past(-wave.due),
        **by("priya", now),
    )
    today = timezone.localdate(now)
    assign_plan(plan=plan, rules=[rule], today=today, **by("priya", now))
    learn(rule, wave.habit, diary, calendar, since=today)
