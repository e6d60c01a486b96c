"""What is owed to whom, the mails that carry it, and how people wish to be reached."""

from change_tracker.reminders.models.feeds import CalendarFeed
from change_tracker.reminders.models.heartbeats import Heartbeat
from change_tracker.reminders.models.outbox import KINDS, Attempt, Digest, Reminder
from change_tracker.reminders.models.wishes import ChannelPause, MailPreference

__all__ = [
    "KINDS",
    "Attempt",
    "CalendarFeed",
    "ChannelPause",
    "Digest",
    "Heartbeat",
    "MailPreference",
    "Reminder",
]
