"""The API of this slice."""

from change_tracker.core.api.routes import Route
from change_tracker.initiatives.api.freezes import FreezePeriodViewSet
from change_tracker.initiatives.api.initiatives import InitiativeViewSet
from change_tracker.initiatives.api.members import InitiativeMemberViewSet
from change_tracker.initiatives.api.parts import (
    AffectedGroupViewSet,
    MeasurementViewSet,
    MilestoneViewSet,
    ObjectiveViewSet,
)

ROUTES: list[Route] = [
    ("initiatives", InitiativeViewSet, "initiative"),
    ("initiative-members", InitiativeMemberViewSet, "initiative-member"),
    ("objectives", ObjectiveViewSet, "objective"),
    ("freeze-periods", FreezePeriodViewSet, "freeze-period"),
    ("milestones", MilestoneViewSet, "milestone"),
    ("measurements", MeasurementViewSet, "measurement"),
    ("affected-groups", AffectedGroupViewSet, "affected-group"),
]
