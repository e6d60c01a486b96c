"""Index: Celery looks for tasks here."""

from change_tracker.core.jobs.tasks import run_jobs
from change_tracker.reminders.tasks import tick

__all__ = ["run_jobs", "tick"]
