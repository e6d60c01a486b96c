"""Index: Celery looks for tasks here."""

from change_tracker.reminders.tasks import tick

__all__ = ["tick"]
