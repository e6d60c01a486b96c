"""Assignment rules: which group gets which plan, due by which rule."""

from typing import Any

from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.people.models import Audience
from change_tracker.training import services
from change_tracker.training.api.plans import DueWordsField
from change_tracker.training.models import PlanAudience, TrainingPlan


class PlanAudienceSerializer(serializers.ModelSerializer[PlanAudience]):
    plan = VisibleField(TrainingPlan)
    audience = VisibleField(Audience)
    due_words = DueWordsField()

    class Meta:
        model = PlanAudience
        fields = [
            "id",
            "plan",
            "audience",
            "due_rule",
            "due_on",
            "due_days",
            "due_unit",
            "due_words",
            "first_assigned_on",
            "version",
        ]
        read_only_fields = ["first_assigned_on"]


class PlanAudienceFilter(FilterSet):
    plan = IdFilter()
    audience = IdFilter()


class PlanAudienceViewSet(ExportMixin, DeletableResourceViewSet):
    """Assignment rules: which group gets which plan, due by which rule."""

    model = PlanAudience
    serializer_class = PlanAudienceSerializer
    filterset_class = PlanAudienceFilter

    def joined(self, rows: Any) -> Any:
        """The plan is asked whether it may be changed."""
        return rows.select_related("plan")

    def perform_create(self, values: dict[str, Any]) -> PlanAudience:
        """Through the service."""
        return services.add_rule(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> PlanAudience:
        """Through the service."""
        version = self.expected_version()
        return services.change_rule(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_delete(self, row: Any) -> None:
        """Through the service."""
        services.delete_rule(row, **self.actor_and_time())
