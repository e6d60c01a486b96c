"""Activities and their kinds."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.api.catalogue import (
    ENTRY,
    FROM_PACKS,
    EntrySerializer,
    EntryViewSet,
)
from change_tracker.resistance.models import Technique
from change_tracker.training.models import ActivityKind, LearningActivity
from change_tracker.training.services import (
    OlderVersions,
    change_activity,
    create_activity,
    preview_version,
    raise_version,
)


class ActivityKindSerializer(EntrySerializer):
    class Meta:
        model = ActivityKind
        fields = [*ENTRY, "basis"]
        read_only_fields = FROM_PACKS


class ActivityKindViewSet(EntryViewSet):
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
            "valid_months",
            "version",
        ]
        read_only_fields = ["activity_version"]


class NewVersionSerializer(serializers.Serializer[Any]):
    completed = serializers.ChoiceField(choices=OlderVersions.choices)
    dry_run = serializers.BooleanField(default=False)
    digest = serializers.CharField(required=False)


class VersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    unfinished = serializers.IntegerField()
    finished = serializers.IntegerField()
    reopened = serializers.IntegerField()
    digest = serializers.CharField()


class ActivityFilter(FilterSet):
    initiative = IdFilter()
    kind = IdFilter()


class ActivityViewSet(ExportMixin, DeletableResourceViewSet):
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

    @documented(request=NewVersionSerializer, responses={200: VersionSerializer})
    @action(detail=True, methods=["post"], url_path="new-version")
    def new_version(self, request: Request, pk: str | None = None) -> Response:
        """Count its content as a new version.

        `completed` says what becomes of those who did an older one: `keep` it valid, or `reopen`.
        `dry_run` only says whom it reaches; with its `digest` the same is done, or nothing.
        """
        activity = self.get_object()
        self.require(activity)
        body = body_of(NewVersionSerializer, request)
        if body["dry_run"]:
            return Response(VersionSerializer(preview_version(activity)).data)
        done = raise_version(
            activity=activity,
            completed=OlderVersions(body["completed"]),
            expected=body.get("digest"),
            today=timezone.localdate(),
            **self.actor_and_time(),
        )
        return Response(VersionSerializer(done).data)
