"""Dated sessions, and who was there."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import IdField, VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, MomentFrom, MomentTo, YesOrNo
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet, ReadViewSet
from change_tracker.initiatives.models import Initiative
from change_tracker.training import services
from change_tracker.training.models import Attendance, LearningActivity, Session

MOST = 1000


class SessionSerializer(serializers.ModelSerializer[Session]):
    initiative = VisibleField(Initiative)
    activity = VisibleField(LearningActivity)
    title = serializers.CharField(source="activity.title", read_only=True)

    class Meta:
        model = Session
        fields = [
            "id",
            "initiative",
            "activity",
            "title",
            "starts_at",
            "ends_at",
            "timezone",
            "place",
            "url",
            "led_by",
            "cancelled_on",
            "version",
        ]
        read_only_fields = ["cancelled_on"]


class SessionFilter(FilterSet):
    initiative = IdFilter()
    activity = IdFilter()
    starts_from = MomentFrom(field_name="starts_at")
    starts_to = MomentTo(field_name="starts_at")
    coming = YesOrNo(method="by_coming")

    def by_coming(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001  a filter
        """Those that are not over, cancelled ones among them, or those that are."""
        now = timezone.now()
        return rows.filter(ends_at__gt=now) if value else rows.filter(ends_at__lte=now)


class PeopleField(serializers.ListField):
    child = IdField()

    def __init__(self) -> None:
        super().__init__(required=False, default=list, max_length=MOST)


class RecordAttendanceSerializer(serializers.Serializer[Any]):
    attended = PeopleField()
    absent = PeopleField()
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class AttendedSerializer(serializers.Serializer[Any]):
    """Persons that were noted, left out or kept; records by what became of them."""

    noted = serializers.ListField(child=serializers.IntegerField())
    completed = serializers.ListField(child=serializers.IntegerField())
    reopened = serializers.ListField(child=serializers.IntegerField())
    revoked = serializers.ListField(child=serializers.IntegerField())
    left_out = serializers.ListField(child=serializers.IntegerField())
    kept = serializers.ListField(child=serializers.IntegerField())


class SessionViewSet(ExportMixin, DeletableResourceViewSet):
    """Dates of activities, for those in an initiative who have them to do."""

    model = Session
    serializer_class = SessionSerializer
    filterset_class = SessionFilter

    def joined(self, rows: Any) -> Any:
        """The title comes from the activity."""
        return rows.select_related("activity", "initiative")

    def perform_create(self, values: dict[str, Any]) -> Session:
        """Through the service."""
        return services.create_session(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> Session:
        """Through the service."""
        version = self.expected_version()
        return services.change_session(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_delete(self, row: Any) -> None:
        """Through the service."""
        services.delete_session(row, **self.actor_and_time())

    @documented(request=RecordAttendanceSerializer, responses={200: AttendedSerializer})
    @action(detail=True, methods=["post"])
    def attendance(self, request: Request, pk: str | None = None) -> Response:
        """Record which persons were there and which were not; safe to repeat.

        Managers do so for their team; nobody for themselves. Who keeps the session may also name
        people who have the activity to do in another initiative: it counts for them there.
        Whoever was there and then was not has it to do again; what somebody else recorded, or long
        ago, takes a reason.
        """
        row = self.get_object()
        self.require(row, "attendable_by")
        values = body_of(RecordAttendanceSerializer, request)
        done = services.record_attendance(
            row, today=timezone.localdate(), **values, **self.actor_and_time()
        )
        return Response(AttendedSerializer(asdict(done)).data)


class AttendanceSerializer(serializers.ModelSerializer[Attendance]):
    person_name = serializers.CharField(source="person.display_name", read_only=True)

    class Meta:
        model = Attendance
        fields = ["id", "session", "person", "person_name", "attended", "recorded_at", "version"]


class AttendanceFilter(FilterSet):
    session = IdFilter()
    person = IdFilter()
    attended = YesOrNo()


class AttendanceViewSet(ExportMixin, ReadViewSet):
    """Who was at which session; recorded by the verb of the session."""

    model = Attendance
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter

    def joined(self, rows: Any) -> Any:
        """Names."""
        return rows.select_related("person")
