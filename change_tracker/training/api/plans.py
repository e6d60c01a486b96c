"""Plans with their items and assignment rules, and carrying them out."""

from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.jobs import JobSerializer, accepted
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import (
    DeletableResourceViewSet,
    MoveMixin,
    MovesField,
)
from change_tracker.core.jobs.models import JobRun
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training import planjobs, services
from change_tracker.training.api.deciding import DecideMixin
from change_tracker.training.api.revisions import ReviseMixin
from change_tracker.training.duewords import due_rule_words
from change_tracker.training.models import (
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
)
from change_tracker.training.states import PLAN


class DueWordsField(serializers.CharField):
    """The due rule of a row as a sentence would have it; read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        """In the language of the caller."""
        return due_rule_words(value, timezone.localdate())


class PlanSerializer(serializers.ModelSerializer[TrainingPlan]):
    initiative = VisibleField(Initiative)
    sources = VisibleField(ResistanceSource, many=True, required=False)
    action = VisibleField(MitigationAction, allow_null=True, required=False)
    moves = MovesField(PLAN)

    class Meta:
        model = TrainingPlan
        fields = [
            "id",
            "initiative",
            "title",
            "sources",
            "action",
            "is_sequential",
            "revision",
            "state",
            "moves",
            "version",
        ]
        read_only_fields = ["revision", "state"]


class MovedDateSerializer(serializers.Serializer[Any]):
    item_id = serializers.IntegerField()
    title = serializers.CharField()
    reason = serializers.ChoiceField(choices=["past", "too_soon"])
    wanted_on = serializers.DateField()
    due_on = serializers.DateField()
    people = serializers.IntegerField()


class RuleCountSerializer(serializers.Serializer[Any]):
    rule_id = serializers.IntegerField()
    audience = serializers.CharField()
    people = serializers.IntegerField()
    nobody_because = serializers.CharField(help_text="Why it finds nobody, where it does not.")


class PreviewSerializer(serializers.Serializer[Any]):
    enrolled = serializers.IntegerField()
    rejoined = serializers.IntegerField()
    already_enrolled = serializers.IntegerField()
    redated = serializers.IntegerField()
    without_login = serializers.IntegerField()
    without_email = serializers.IntegerField()
    moved_dates = MovedDateSerializer(many=True)
    rules = RuleCountSerializer(many=True)
    digest = serializers.CharField()


class AssignSerializer(serializers.Serializer[Any]):
    rules = VisibleField(PlanAudience, many=True, required=False)
    digest = serializers.CharField(required=False)


class AssignmentSerializer(serializers.Serializer[Any]):
    enrolled = serializers.IntegerField()
    rejoined = serializers.IntegerField()
    already_enrolled = serializers.IntegerField()
    records = serializers.IntegerField()
    moved_dates = serializers.IntegerField()
    redated = serializers.IntegerField()


class PlanFilter(FilterSet):
    initiative = IdFilter()
    action = IdFilter()

    class Meta:
        model = TrainingPlan
        fields = ["state"]


class PlanViewSet(
    ExportMixin, IncludeMixin, ReviseMixin, DecideMixin, MoveMixin, DeletableResourceViewSet
):
    """Training plans."""

    model = TrainingPlan
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    transitions = PLAN

    def joined(self, rows: Any) -> Any:
        """Which resistance a plan answers is not for everyone who is assigned to it."""
        readable = ResistanceSource.objects.visible_to(self.user)
        return rows.prefetch_related(Prefetch("sources", queryset=readable))

    def perform_create(self, values: dict[str, Any]) -> TrainingPlan:
        """Through the service."""
        return services.create_plan(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> TrainingPlan:
        """Through the service."""
        version = self.expected_version()
        return services.change_plan(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_move(self, row: Any, values: dict[str, Any]) -> TrainingPlan:
        """Through the service."""
        return services.move_plan(row, **self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Through the service."""
        services.delete_plan(row, **self.actor_and_time())

    @documented(responses={200: PreviewSerializer})
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """What assigning would do now: who gets it, who has it, which dates would move."""
        plan = self.get_object()
        self.require(plan, "assignable_by")
        preview = services.preview_assignment(plan=plan, today=timezone.localdate())
        return Response(PreviewSerializer(preview).data)

    @documented(request=AssignSerializer, responses={200: AssignmentSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Carry out all assignment rules, or the given ones; safe to repeat.

        With the `digest` of `preview`, which is of all rules, that is done, or nothing. For very
        many people a worker does it: 202, with the job.
        """
        plan = self.get_object()
        self.require(plan, "assignable_by")
        body = body_of(AssignSerializer, request)
        rules, digest = body.get("rules"), body.get("digest")
        if rules is not None and any(rule.plan_id != plan.pk for rule in rules):
            raise serializers.ValidationError({"rules": _("One of them belongs to another plan.")})
        if rules is not None and digest is not None:
            words = _("The preview is of all rules: leave out “rules”, or this.")
            raise serializers.ValidationError({"digest": words})
        time = {"today": timezone.localdate(), **self.actor_and_time()}
        done = planjobs.give_plan(plan=plan, rules=rules, expected=digest, **time)
        if isinstance(done, JobRun):
            return accepted(done)
        return Response(asdict(done))


class PlanItemSerializer(serializers.ModelSerializer[PlanItem]):
    plan = VisibleField(TrainingPlan)
    activity = VisibleField(LearningActivity)
    title = serializers.CharField(source="activity.title", read_only=True)
    due_words = DueWordsField()

    class Meta:
        model = PlanItem
        fields = [
            "id",
            "plan",
            "activity",
            "title",
            "position",
            "is_required",
            "due_rule",
            "due_on",
            "due_days",
            "due_unit",
            "due_words",
            "removed_on",
            "version",
        ]
        read_only_fields = ["removed_on"]


class PlanItemFilter(FilterSet):
    plan = IdFilter()
    activity = IdFilter()


class PlanItemViewSet(ExportMixin, DeletableResourceViewSet):
    """Activities in plans; of a plan that people have they change by `revise` of the plan.

    What a revision took out keeps its row, with `removed_on`.
    """

    model = PlanItem
    serializer_class = PlanItemSerializer
    filterset_class = PlanItemFilter

    def joined(self, rows: Any) -> Any:
        """The title comes from the activity."""
        return rows.select_related("activity", "plan")

    def perform_create(self, values: dict[str, Any]) -> PlanItem:
        """Through the service."""
        return services.add_item(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> PlanItem:
        """Through the service."""
        version = self.expected_version()
        return services.change_item(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_delete(self, row: Any) -> None:
        """Through the service."""
        services.delete_item(row, **self.actor_and_time())
