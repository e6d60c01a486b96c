"""Looking at a roster and applying it, by a worker."""

from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.access import User, roles_of
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.telling import Tell, within
from change_tracker.people.models import PeopleUpload
from change_tracker.people.services import uploads
from change_tracker.people.services.sync import RosterRefusedError, refuse_another, sync_people


def upload_url(upload_id: int) -> str:
    """Where what a file would do is shown."""
    return reverse("change_tracker:people-import", args=[upload_id])


class CheckPeople(JobKind):
    """Finds out what a long roster would do."""

    name = uploads.CHECK

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """Keep the change list for the page that shows it."""
        actor, upload = _of(job)
        plan = uploads.check_upload(upload, actor=actor, now=now, tell=tell)
        return Outcome(
            summary=_checked(len(plan.roster)),
            problems=plan.problems,
            result_url=upload_url(upload.pk),
        )


class ImportPeople(JobKind):
    """Applies a roster as it was shown, or not at all."""

    name = uploads.IMPORT

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """The sync that every source takes; what it refuses is kept in the list of syncs."""
        actor, upload = _of(job)
        tell(0, 100)
        today = timezone.localdate(now)
        try:
            done = sync_people(
                roster=uploads.roster_of(upload, today=today),
                full=upload.is_full,
                today=today,
                allow=job.task["allow"],
                look=partial(refuse_another, digest=job.task["digest"]),
                actor=actor,
                now=now,
                tell=within(tell, 10, 100),
            )
        except ChangeTrackerError as refused:
            return _refused(refused, upload)
        uploads.let_go(upload)
        return Outcome(
            summary=_applied(done.plan.counts),
            problems=done.plan.warnings,
            result_url=reverse("change_tracker:people"),
        )


def _refused(refused: ChangeTrackerError, upload: PeopleUpload) -> Outcome:
    uploads.look_again(upload)
    return Outcome(
        summary=str(refused.message),
        failure=refused.code,
        problems=refused.problems if isinstance(refused, RosterRefusedError) else (),
        result_url=upload_url(upload.pk),
    )


def _of(job: JobRun) -> tuple[User, PeopleUpload]:
    """Whoever began the job, as long as they manage people, and the file."""
    if job.owner is None or not roles_of(job.owner).manages_people:
        raise ForbiddenError
    upload = PeopleUpload.objects.filter(pk=job.task["upload"]).first()
    if upload is None:
        raise uploads.UploadGoneError
    return job.owner, upload


def _checked(count: int) -> str:
    return ngettext(
        "%(count)s person was looked at. Nothing was applied yet.",
        "%(count)s people were looked at. Nothing was applied yet.",
        count,
    ) % {"count": count}


def _applied(counts: dict[str, int]) -> str:
    return (
        _(
            "Applied: %(joiners)s joined, %(movers)s moved, %(leavers)s left, %(changed)s changed, "
            "%(unchanged)s unchanged."
        )
        % counts
    )
