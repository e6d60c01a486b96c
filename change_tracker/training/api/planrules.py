"""Assignment rules: which group gets which plan, due by which rule."""

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
from change_tracker.core.api.jobs import JobSerializer, accepted
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.core.jobs.models import JobRun
from change_tracker.people.models import Audience
from change_tracker.training import planjobs, services
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
            "on_leave",
            "first_assigned_on",
            "version",
        ]
        read_only_fields = ["first_assigned_on"]


class RemoveSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False)
    digest = serializers.CharField(required=False)


class RemovalSerializer(serializers.Serializer[Any]):
    withdrawn = serializers.IntegerField(help_text="Who have work ahead, and lose the plan.")
    kept = serializers.IntegerField(help_text="Completed records of theirs, which are kept.")
    finished = serializers.IntegerField(help_text="Who had finished, and stay finished.")
    staying = serializers.IntegerField(help_text="Who have the plan by another group as well.")
    redated = serializers.IntegerField(help_text="Open dates of theirs that change.")
    digest = serializers.CharField()


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
        return rows.select_related("plan__initiative", "audience")

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

    @documented(request=RemoveSerializer, responses={200: RemovalSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str | None = None) -> Response:
        """Take the group out of the plan, also where people have it by that: they lose it.

        `dry_run` only says what it would do; with its `digest` the same is done, or nothing. Where
        many lose it a worker does it: 202, with the job.
        """
        rule = self.get_object()
        self.require(rule, "assignable_by")
        body = body_of(RemoveSerializer, request)
        today = timezone.localdate()
        if body["dry_run"]:
            shown = services.preview_removal(rule=rule, today=today)
            return Response(RemovalSerializer(shown).data)
        done = planjobs.remove_group(
            rule=rule, expected=body.get("digest"), today=today, **self.actor_and_time()
        )
        if isinstance(done, JobRun):
            return accepted(done)
        return Response(RemovalSerializer(done).data)
