"""Reminding more people than a page can wait for."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.tables import Problem
from change_tracker.reminders.byhand import Call, Calls, remind_people
from change_tracker.reminders.byhandwords import done_words, left_out_words
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, TrainingPlan


class RemindPeople(JobKind):
    """Reminding many people of a plan."""

    name = "remind_people"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all; who is left out is told in numbers."""
        if job.owner is None:
            raise ForbiddenError
        plan = TrainingPlan.objects.assignable_by(job.owner).filter(pk=job.task["plan"]).first()
        if plan is None:
            raise ForbiddenError
        theirs = Enrolment.objects.changeable_by(job.owner).filter(plan=plan)
        calls = remind_people(
            theirs.filter(pk__in=job.task["enrolments"]),
            plan=plan,
            expected=job.task["digest"],
            actor=job.owner,
            now=now,
            tell=tell,
        )
        left_out = [
            Problem(None, gettext("Left out"), left_out_words(call, len(ids)))
            for call, ids in sorted(calls.of.items())
            if call != Call.REACHED
        ]
        return Outcome(summary=done_words(calls), problems=left_out)


def remind_later(
    calls: Calls, *, plan: TrainingPlan, expected: str, actor: User, now: datetime
) -> JobRun:
    """Begin a job that reminds as `calls` say. Raises PeopleChangedError where they are not what
    the caller was shown.
    """
    if calls.digest != expected:
        raise PeopleChangedError
    count = len(calls.reached)
    title = ngettext(
        "Reminding %(count)s person of “%(plan)s”",
        "Reminding %(count)s people of “%(plan)s”",
        count,
    )
    return start_job(
        kind=RemindPeople.name,
        title=title % {"count": count, "plan": plan.title},
        task={
            "plan": plan.pk,
            "enrolments": sorted(pk for ids in calls.of.values() for pk in ids),
            "digest": expected,
        },
        result_url=reverse("change_tracker:plan", args=[plan.initiative.slug, plan.pk]),
        actor=actor,
        now=now,
    )
