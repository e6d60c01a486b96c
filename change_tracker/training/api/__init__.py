"""The API of this slice: activities, plans, who has them, and one's own training."""

from change_tracker.core.api.routes import Route
from change_tracker.training.api.activities import ActivityKindViewSet, ActivityViewSet
from change_tracker.training.api.attachments import ActivityFileViewSet
from change_tracker.training.api.completions import CompletionsViewSet
from change_tracker.training.api.elsewhere import ExternalLearningViewSet
from change_tracker.training.api.enrolments import EnrolmentViewSet
from change_tracker.training.api.extensions import ExtensionViewSet
from change_tracker.training.api.mine import MyTrainingViewSet
from change_tracker.training.api.planrules import PlanAudienceViewSet
from change_tracker.training.api.plans import PlanItemViewSet, PlanViewSet
from change_tracker.training.api.recordings import RecordingsViewSet
from change_tracker.training.api.records import RecordViewSet
from change_tracker.training.api.sessions import AttendanceViewSet, SessionViewSet
from change_tracker.training.api.submissions import SubmissionViewSet

ROUTES: list[Route] = [
    ("activity-kinds", ActivityKindViewSet, "activity-kind"),
    ("activities", ActivityViewSet, "activity"),
    ("activity-files", ActivityFileViewSet, "activity-file"),
    ("plans", PlanViewSet, "plan"),
    ("plan-items", PlanItemViewSet, "plan-item"),
    ("plan-audiences", PlanAudienceViewSet, "plan-audience"),
    ("enrolments", EnrolmentViewSet, "enrolment"),
    ("records", RecordViewSet, "record"),
    ("recordings", RecordingsViewSet, "recordings"),
    ("completions", CompletionsViewSet, "completions"),
    ("extensions", ExtensionViewSet, "extension"),
    ("submissions", SubmissionViewSet, "submission"),
    ("sessions", SessionViewSet, "session"),
    ("attendances", AttendanceViewSet, "attendance"),
    ("learnt-elsewhere", ExternalLearningViewSet, "learnt-elsewhere"),
    ("me/training", MyTrainingViewSet, "me-training"),
]
