"""The lines of the transcript, and doing what they ask for."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ReadViewSet, body_of
from change_tracker.training import services
from change_tracker.training.api.discretion import DiscreetSerializer, with_discretion
from change_tracker.training.models import TrainingRecord

DONE = (TrainingRecord.State.COMPLETED, TrainingRecord.State.WAIVED)


class RecordSerializer(DiscreetSerializer):
    person_name = serializers.CharField(source="person.display_name", read_only=True)
    title = serializers.CharField(source="activity.title", read_only=True)
    standing = serializers.SerializerMethodField()

    team_fields = (
        "id",
        "enrolment",
        "person",
        "person_name",
        "plan",
        "activity",
        "title",
        "due_on",
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
            "due_on",
            "due_rule",
            "due_days",
            "standing",
            "state",
            "completed_on",
            "completed_at",
            "completed_by",
            "left_on",
            "score",
            "origin",
            "version",
        ]

    def get_standing(self, row: TrainingRecord) -> str:
        """In the words that managers read: open, late, done or ended."""
        if row.is_open():
            return "late" if row.days_late(timezone.localdate()) else "open"
        return "done" if row.state in DONE else "ended"


class RecordFilter(FilterSet):
    request: Any
    plan = IdFilter()
    enrolment = IdFilter()
    person = IdFilter()
    unit = IdFilter()
    state = filters.ChoiceFilter(choices=TrainingRecord.State.choices, method="by_state")
    due_from = day_from("due_on")
    due_to = day_to("due_on")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """Only among rows whose state the caller may read."""
        return rows.known_in_full_to(self.request.user).filter(state=value)


class CompleteSerializer(serializers.Serializer[Any]):
    completed_on = serializers.DateField(required=False, allow_null=True, default=None)


class WaiveSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()


class RecordViewSet(ReadViewSet):
    """One row for each person and piece of training; made by assigning, never deleted."""

    model = TrainingRecord
    serializer_class = RecordSerializer
    filterset_class = RecordFilter

    def joined(self, rows: Any) -> Any:
        """Names, and whether the caller reads every field."""
        return with_discretion(rows, self.user).select_related("person", "activity")

    @documented(request=CompleteSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str | None = None) -> Response:
        """Mark it as done; doing it twice keeps the first time."""
        row = self.get_object()
        self.require(row, "completable_by")
        values = body_of(CompleteSerializer, request)
        return self.answer(services.complete_record(record=row, **values, **self._context()))

    @documented(request=None, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back what you marked as done yourself, within some days."""
        row = self.get_object()
        self.require(row, "completable_by")
        return self.answer(services.undo_completion(record=row, **self._context()))

    @documented(request=WaiveSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: str | None = None) -> Response:
        """Exempt the person, with a reason; nobody exempts themselves."""
        row = self.get_object()
        self.require(row)
        values = body_of(WaiveSerializer, request)
        return self.answer(services.waive_record(record=row, **values, **self._context()))

    def _context(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), **self.actor_and_time()}
