"""Index: Django looks for models here; each slice owns its own."""

from change_tracker.core.jobs.models import JobRun
from change_tracker.core.models import AuditEvent, IdempotencyKey
from change_tracker.initiatives import models as initiatives
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people import models as people
from change_tracker.playbooks import models as playbooks
from change_tracker.reminders import models as reminders
from change_tracker.resistance import models as resistance
from change_tracker.spreadsheets import models as spreadsheets
from change_tracker.training import models as training
from change_tracker.voice import models as voice

__all__ = [
    "AuditEvent",
    "IdempotencyKey",
    "JobRun",
    "MitigationAction",
    "initiatives",
    "people",
    "playbooks",
    "reminders",
    "resistance",
    "spreadsheets",
    "training",
    "voice",
]
