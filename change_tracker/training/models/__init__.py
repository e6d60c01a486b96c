"""Activities, plans, who is assigned to them, and the records that survive everything."""

from change_tracker.training.models.activities import ActivityKind, LearningActivity
from change_tracker.training.models.attachments import ActivityFile
from change_tracker.training.models.dues import DueRule, DueUnit, Moved
from change_tracker.training.models.elsewhere import ExternalLearning
from change_tracker.training.models.enrolments import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
)
from change_tracker.training.models.extensions import ExtensionRequest
from change_tracker.training.models.plans import OnLeave, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.models.records import TrainingRecord
from change_tracker.training.models.sessions import Attendance, Session
from change_tracker.training.models.submissions import Submission

__all__ = [
    "ActivityFile",
    "ActivityKind",
    "Attendance",
    "DueRule",
    "DueUnit",
    "Enrolment",
    "EnrolmentPeriod",
    "EnrolmentReason",
    "ExtensionRequest",
    "ExternalLearning",
    "LearningActivity",
    "Moved",
    "OnLeave",
    "PlanAudience",
    "PlanItem",
    "Session",
    "Submission",
    "TrainingPlan",
    "TrainingRecord",
]
