"""What the tasks of jobs about plans say, and the rows that they speak of."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from change_tracker.core.errors import ForbiddenError
from change_tracker.core.jobs.models import JobRun
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import LearningActivity, TrainingPlan
from change_tracker.training.services import Wanted


def url_of(name: str, plan: TrainingPlan) -> str:
    """The address of a page of the plan."""
    return reverse(f"change_tracker:{name}", args=[plan.initiative.slug, plan.pk])


def plan_of(job: JobRun) -> TrainingPlan:
    """The plan, as long as whoever began the job may give it to people."""
    mine = TrainingPlan.objects.assignable_by(job.owner) if job.owner else None
    plan = mine.filter(pk=job.task["plan"]).first() if mine is not None else None
    if plan is None:
        raise ForbiddenError
    return plan


def kept(wanted: Wanted) -> dict[str, Any]:
    """An item in the words of a task."""
    return wanted.columns | {
        "activity": wanted.activity.pk if wanted.activity else None,
        "due_on": wanted.due_on.isoformat() if wanted.due_on else None,
        "new_activity": wanted.new_activity,
    }


def wanted(kept: Sequence[dict[str, Any]]) -> list[Wanted]:
    """The items of a task. One query. Raises PeopleChangedError where an activity has gone."""
    ids = [each["activity"] for each in kept if each["activity"]]
    known = LearningActivity.objects.in_bulk(ids)
    if len(known) < len(set(ids)):
        raise PeopleChangedError
    days = [date.fromisoformat(each["due_on"]) if each["due_on"] else None for each in kept]
    return [
        Wanted(**each | {"activity": known.get(each["activity"]), "due_on": day})
        for each, day in zip(kept, days, strict=True)
    ]
