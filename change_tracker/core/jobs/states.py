"""Which state of a job may follow which."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.states import Transitions, table

JOB: Transitions[JobRun] = Transitions(
    JobRun,
    *table(
        "queued > running",
        # Its worker has gone.
        "running > queued",
        "running > done",
        "running > failed",
        # Run again by hand.
        "failed > queued",
    ),
    means={
        "queued": _("It begins as soon as its turn comes."),
        "running": _("It is being done in the background."),
        "done": _("It is finished."),
        "failed": _("It ended before it was finished; its page says why."),
    },
)
