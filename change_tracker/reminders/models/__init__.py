"""The outbox, and what decides what goes into it."""

from change_tracker.reminders.models.feeds import CalendarFeed
from change_tracker.reminders.models.forecasts import Forecast
from change_tracker.reminders.models.heartbeats import Heartbeat
from change_tracker.reminders.models.outbox import Attempt, Digest
from change_tracker.reminders.models.policies import ReminderPolicy, ReminderStep
from change_tracker.reminders.models.reminders import KINDS, Reminder
from change_tracker.reminders.models.wishes import ChannelPause, MailPreference
from change_tracker.reminders.models.words import MailWords, Occasion

__all__ = [
    "KINDS",
    "Attempt",
    "CalendarFeed",
    "ChannelPause",
    "Digest",
    "Forecast",
    "Heartbeat",
    "MailPreference",
    "MailWords",
    "Occasion",
    "Reminder",
    "ReminderPolicy",
    "ReminderStep",
]
