"""The API of this slice."""

from change_tracker.core.api.routes import Route
from change_tracker.reminders.api.ahead import ForecastViewSet
from change_tracker.reminders.api.outbox import (
    DigestViewSet,
    MailPreferenceViewSet,
    ReminderViewSet,
)
from change_tracker.reminders.api.policies import ReminderPolicyViewSet
from change_tracker.reminders.api.remindings import RemindingsViewSet
from change_tracker.reminders.api.words import MailWordsViewSet

ROUTES: list[Route] = [
    ("reminders", ReminderViewSet, "reminder"),
    ("digests", DigestViewSet, "digest"),
    ("mail-preferences", MailPreferenceViewSet, "mail-preference"),
    ("reminder-policies", ReminderPolicyViewSet, "reminder-policy"),
    ("mail-words", MailWordsViewSet, "mail-wording"),
    ("mail-forecasts", ForecastViewSet, "mail-forecast"),
    ("remindings", RemindingsViewSet, "remindings"),
]
