"""Asking for more time, and answering."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import (
    FilterSet,
    IdFilter,
    WithinUnitFilter,
    day_from,
    day_to,
)
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet
from change_tracker.training import services
from change_tracker.training.models import ExtensionRequest, TrainingRecord


class ExtensionSerializer(serializers.ModelSerializer[ExtensionRequest]):
    record = VisibleField(TrainingRecord)
    person = serializers.IntegerField(source="record.person_id", read_only=True)
    person_name = serializers.CharField(source="record.person.display_name", read_only=True)
    plan = serializers.IntegerField(source="record.plan_id", read_only=True)
    title = serializers.CharField(source="record.activity.title", read_only=True)
    reason = serializers.CharField()

    class Meta:
        model = ExtensionRequest
        fields = [
            "id",
            "record",
            "person",
            "person_name",
            "plan",
            "title",
            "asked_on",
            "wanted_on",
            "reason",
            "state",
            "decided_by",
            "decided_on",
            "due_on",
            "answer",
            "version",
        ]
        read_only_fields = ["asked_on", "state", "decided_by", "decided_on", "due_on", "answer"]


class ExtensionFilter(FilterSet):
    record = IdFilter()
    person = IdFilter(field_name="record__person")
    plan = IdFilter(field_name="record__plan")
    initiative = IdFilter(field_name="record__plan__initiative")
    unit = IdFilter(field_name="record__unit")
    within_unit = WithinUnitFilter(field_name="record__unit")
    #: of the training that it is about
    due_from = day_from("record__due_on")
    due_to = day_to("record__due_on")
    state = filters.ChoiceFilter(choices=ExtensionRequest.State.choices)


class GrantSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    answer = serializers.CharField(required=False, allow_blank=True, default="")


class RefuseSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField()


class ExtensionViewSet(ExportMixin, CreateMixin, ReadViewSet):
    """Requests for more time: the person asks or takes back, managers and leads answer."""

    model = ExtensionRequest
    serializer_class = ExtensionSerializer
    filterset_class = ExtensionFilter

    def joined(self, rows: Any) -> Any:
        """Names and titles."""
        return rows.select_related("record__person", "record__activity")

    def perform_create(self, values: dict[str, Any]) -> ExtensionRequest:
        """Ask for more time for one's own record; one request waits at a time."""
        return services.ask_for_time(**values, **self._context())

    @documented(request=GrantSerializer, responses={200: ExtensionSerializer})
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, pk: str | None = None) -> Response:
        """Give the record the wanted date, or another one; no rule takes it back."""
        row = self.get_object()
        self.require(row)
        values = body_of(GrantSerializer, request)
        values["due_on"] = values["due_on"] or row.wanted_on
        return self.answer(services.grant_time(request=row, **values, **self._context()))

    @documented(request=RefuseSerializer, responses={200: ExtensionSerializer})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str | None = None) -> Response:
        """Say no, with a reason; the date stays."""
        row = self.get_object()
        self.require(row)
        values = body_of(RefuseSerializer, request)
        return self.answer(services.refuse_time(request=row, **values, **self._context()))

    @documented(request=None, responses={200: ExtensionSerializer})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str | None = None) -> Response:
        """Withdraw one's own request."""
        row = self.get_object()
        self.require(row, "own")
        return self.answer(services.take_back_request(request=row, **self.actor_and_time()))

    def _context(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), **self.actor_and_time()}
