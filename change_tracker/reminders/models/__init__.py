"""What is owed to whom, the mails that carry it, and how people wish to be reached."""

from change_tracker.reminders.models.outbox import KINDS, Attempt, Digest, Heartbeat, Reminder

__all__ = ["KINDS", "Attempt", "Digest", "Heartbeat", "Reminder"]
