"""Finding out what a revision does to more people than a page can wait for."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.jobs.kinds import CHECKED, JobKind, Outcome, looked_words
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.training.models import TrainingPlan
from change_tracker.training.plantasks import kept, plan_of, wanted
from change_tracker.training.services import Wanted, preview_revision


class CheckRevision(JobKind):
    """A look at what other items of a plan would mean; nothing happens by it."""

    name = "check_revision"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """What it would do now."""
        shown = preview_revision(
            plan=plan_of(job),
            items=wanted(job.task["items"]),
            today=timezone.localdate(now),
            now=now,
            tell=tell,
        )
        url = f"{job.result_url}?{CHECKED}={job.pk}" if job.result_url else ""
        return Outcome(summary=looked_words(), result_url=url, found=shown.plain())


def check_later(
    *,
    plan: TrainingPlan,
    items: Sequence[Wanted],
    sent: Sequence[tuple[str, str]] = (),
    result_url: str = "",
    actor: User,
    now: datetime,
) -> JobRun:
    """Begin a job that finds out what `preview_revision` does.

    It leads to `result_url`, with its number as CHECKED; `sent` is what that page needs again.
    """
    return start_job(
        kind=CheckRevision.name,
        title=gettext("Checking a change of “%(plan)s”") % {"plan": plan.title},
        task={"plan": plan.pk, "items": [kept(each) for each in items], "sent": sent},
        result_url=result_url,
        actor=actor,
        now=now,
    )
