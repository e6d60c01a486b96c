"""Activities and their kinds."""

from typing import Any

from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.views import DeletableResourceViewSet, ReadViewSet
from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.models import Technique
from change_tracker.training.models import ActivityKind, LearningActivity
from change_tracker.training.services import change_activity, create_activity


class ActivityKindSerializer(serializers.ModelSerializer[ActivityKind]):
    class Meta:
        model = ActivityKind
        fields = ["id", "slug", "label", "basis", "provenance"]


class ActivityKindViewSet(ReadViewSet):
    """Forms of learning, from the catalogue."""

    model = ActivityKind
    serializer_class = ActivityKindSerializer
    filterset_fields = ["slug", "basis"]


class ActivitySerializer(serializers.ModelSerializer[LearningActivity]):
    initiative = VisibleField(Initiative, allow_null=True, required=False)
    kind = VisibleField(ActivityKind, allow_null=True, required=False)
    topics = VisibleField(Technique, many=True, required=False)

    class Meta:
        model = LearningActivity
        fields = [
            "id",
            "initiative",
            "title",
            "kind",
            "topics",
            "body",
            "url",
            "minutes",
            "activity_version",
            "completion_rule",
            "pass_score",
            "version",
        ]


class ActivityFilter(FilterSet):
    initiative = IdFilter()
    kind = IdFilter()


class ActivityViewSet(DeletableResourceViewSet):
    """Things to learn from; without an initiative they are the library that all plans share."""

    model = LearningActivity
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter

    def joined(self, rows: Any) -> Any:
        """Topics in one query for the page."""
        return rows.prefetch_related("topics")

    def perform_create(self, values: dict[str, Any]) -> LearningActivity:
        """Through the service."""
        return create_activity(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> LearningActivity:
        """Through the service."""
        version = self.expected_version()
        return change_activity(row, expected_version=version, **self.actor_and_time(), **values)
