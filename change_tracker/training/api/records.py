"""The lines of the transcript, and doing what they ask for."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.filters import (
    FilterSet,
    IdFilter,
    WithinUnitFilter,
    YesOrNo,
    day_from,
    day_to,
)
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ReadViewSet
from change_tracker.training import services
from change_tracker.training.api.discretion import DiscreetSerializer
from change_tracker.training.duewords import due_rule_words
from change_tracker.training.models import ExtensionRequest, TrainingRecord
from change_tracker.training.moretime import granted_words

DONE = (TrainingRecord.State.COMPLETED, TrainingRecord.State.WAIVED)


class RecordSerializer(DiscreetSerializer):
    person_name = serializers.CharField(source="person.display_name", read_only=True)
    title = serializers.CharField(source="activity.title", read_only=True)
    due_words = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    extended = serializers.SerializerMethodField()

    team_fields = (
        "id",
        "enrolment",
        "person",
        "person_name",
        "plan",
        "activity",
        "title",
        "due_on",
        "is_extended",
        "extended",
        "standing",
    )

    class Meta:
        model = TrainingRecord
        fields = [
            "id",
            "enrolment",
            "item",
            "attempt",
            "person",
            "person_name",
            "plan",
            "activity",
            "title",
            "activity_version",
            "unit",
            "opens_on",
            "due_on",
            "due_rule",
            "due_days",
            "is_extended",
            "extended",
            "due_unit",
            "due_moved",
            "due_words",
            "standing",
            "state",
            "completed_on",
            "expires_on",
            "completed_at",
            "completed_by",
            "left_on",
            "left_by",
            "left_reason",
            "score",
            "progress",
            "progress_label",
            "origin",
            "version",
        ]

    @cached_property
    def _today(self) -> date:
        return timezone.localdate()

    @cached_property
    def _said(self) -> dict[tuple[Any, ...], str]:
        """Rules in words: most rows of an answer share theirs."""
        return {}

    def get_extended(self, row: TrainingRecord) -> str:
        """Until when, by whom and why there is more time, for those who may know."""
        if not row.is_extended:
            return ""
        told = [each for each in row.extensions.all() if each.state == "granted"]
        if not told:
            return ""
        return granted_words(max(told, key=lambda each: each.pk), self._today)

    def get_due_words(self, row: TrainingRecord) -> str:
        """The rule that the date comes from, as a sentence would have it."""
        rule = (row.due_rule, row.due_days, row.due_unit, row.due_on)
        if rule not in self._said:
            self._said[rule] = due_rule_words(row, self._today)
        return self._said[rule]

    def get_standing(self, row: TrainingRecord) -> str:
        """In the words that managers read: open, late, done or ended."""
        if row.is_open():
            return "late" if row.days_late(self._today) else "open"
        return "done" if row.state in DONE else "ended"


class RecordFilter(FilterSet):
    request: Any
    plan = IdFilter()
    enrolment = IdFilter()
    person = IdFilter()
    unit = IdFilter()
    within_unit = WithinUnitFilter(field_name="unit")
    initiative = IdFilter(field_name="plan__initiative")
    state = filters.ChoiceFilter(choices=TrainingRecord.State.choices, method="by_state")
    due_from = day_from("due_on")
    due_to = day_to("due_on")
    overdue = YesOrNo(method="by_overdue")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """Only among rows whose state the caller may read."""
        return rows.known_in_full_to(self.request.user).filter(state=value)

    def by_overdue(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001  a filter
        """Open and past the due date, or everything else."""
        today = timezone.localdate()
        late = TrainingRecord.objects.overdue(today).values("pk")
        return rows.overdue(today) if value else rows.exclude(pk__in=late)


class CompleteSerializer(serializers.Serializer[Any]):
    completed_on = serializers.DateField(required=False, allow_null=True, default=None)


class WaiveSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()


class RevokeSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class RecordViewSet(ExportMixin, ReadViewSet):
    """One row for each person and piece of training; made by assigning, never deleted."""

    model = TrainingRecord
    serializer_class = RecordSerializer
    filterset_class = RecordFilter

    def joined(self, rows: Any) -> Any:
        """Names, who gave more time, and whether the caller reads every field."""
        described = rows.with_discretion(self.user)
        described = described.naming(person="display_name", activity="title")
        return described if self.action == "list" else described.prefetch_related(self._told())

    def paginate_queryset(self, queryset: Any) -> Any:
        """Ask who gave more time only where somebody did, which is on few pages."""
        page = super().paginate_queryset(queryset)
        extended = [row for row in page or () if row.is_extended]
        if extended:
            prefetch_related_objects(extended, self._told())
        return page

    def _told(self) -> Any:
        told = ExtensionRequest.objects.visible_to(self.user).select_related("decided_by")
        return Prefetch("extensions", told)

    @documented(request=CompleteSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str | None = None) -> Response:
        """Mark it as done; doing it twice keeps the first time.

        Managers and leads do so for people who cannot sign in to do it themselves.
        """
        row = self.get_object()
        verb = self._verb_for(row)
        values = body_of(CompleteSerializer, request)
        return self.answer(verb(record=row, **values, **self._context()))

    @documented(request=None, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back what you marked as done yourself, within some days."""
        row = self.get_object()
        self._verb_for(row)
        return self.answer(services.undo_completion(record=row, **self._context()))

    @documented(request=WaiveSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: str | None = None) -> Response:
        """Exempt the person, with a reason; nobody exempts themselves."""
        row = self.get_object()
        self.require(row)
        values = body_of(WaiveSerializer, request)
        return self.answer(services.waive_record(record=row, **values, **self._context()))

    @documented(request=RevokeSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str | None = None) -> Response:
        """Take a completion back, with a reason; answers with the record that asks for it again.

        Nobody does so with their own.
        """
        row = self.get_object()
        self.require(row)
        values = body_of(RevokeSerializer, request)
        return self.answer(services.revoke_completion(record=row, **values, **self._context()))

    def _verb_for(self, row: TrainingRecord) -> Callable[..., TrainingRecord]:
        """By one's own word, or for somebody else; refused to those who may do neither."""
        if TrainingRecord.objects.completable_by(self.user).filter(pk=row.pk).exists():
            return services.complete_record
        self.require(row, "spoken_for_by")
        return services.record_for_other

    def _context(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), **self.actor_and_time()}
