"""Which state of a job may follow which."""

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
)
