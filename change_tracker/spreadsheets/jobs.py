"""Looking at a spreadsheet and applying it, by a worker."""

from datetime import datetime

from django.utils.translation import gettext as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.sentfiles import UploadGoneError, let_go, look_again
from change_tracker.core.tables import RefusedImportError
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services import uploads
from change_tracker.spreadsheets.services.changes import Changes
from change_tracker.spreadsheets.services.importing import counts_of, import_register, tables_of


class CheckRegister(JobKind):
    """Finds out what a long spreadsheet would do."""

    name = uploads.CHECK

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """Keep the change list for the page that shows it."""
        actor, upload = _of(job)
        tell(0, 2)
        changes = uploads.check_upload(upload, actor=actor, now=now)
        tell(2, 2)
        return Outcome(
            summary=_("The file was looked at. Nothing was applied yet."),
            problems=changes.problems,
            result_url=uploads.page_of(upload),
        )


class ImportRegister(JobKind):
    """Applies a spreadsheet as it was shown, or not at all."""

    name = uploads.IMPORT

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """The import that the command takes as well; what it refuses is told on its page."""
        actor, upload = _of(job)
        tell(0, 2)
        try:
            done = import_register(
                initiative=upload.initiative,
                tables=tables_of(upload.sent_content, upload.mapping),
                expected=job.task["digest"],
                actor=actor,
                now=now,
            )
        except ChangeTrackerError as refused:
            look_again(upload)
            problems = refused.problems if isinstance(refused, RefusedImportError) else ()
            return Outcome(
                summary=str(refused.message),
                failure=refused.code,
                problems=problems,
                result_url=uploads.page_of(upload),
            )
        let_go(upload)
        return Outcome(
            summary=applied_words(done),
            problems=[each for each in done.problems if not each.is_error],
            result_url=uploads.register_url(upload.initiative),
        )


def _of(job: JobRun) -> tuple[User, RegisterUpload]:
    """Whoever began the job, as long as they lead the initiative, and the file."""
    if job.owner is None:
        raise ForbiddenError
    rows = RegisterUpload.objects.visible_to(job.owner).select_related("initiative")
    upload = rows.filter(pk=job.task["upload"]).first()
    if upload is None:
        raise UploadGoneError
    return job.owner, upload


def applied_words(changes: Changes) -> str:
    """How many rows were made, changed and left as they are."""
    counts = counts_of(changes).values()
    return _("Applied: %(new)s new, %(changed)s changed, %(same)s as they were.") % {
        name: sum(each[name] for each in counts) for name in ("new", "changed", "same")
    }
