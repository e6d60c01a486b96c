"""What people learnt elsewhere: reporting, confirming, giving back."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet, body_of
from change_tracker.core.files import sent_file
from change_tracker.people.models import Person
from change_tracker.resistance.models import Technique
from change_tracker.training import services
from change_tracker.training.api.submissions import AcceptSerializer, ReturnSerializer
from change_tracker.training.matching import matches_of, topics_of
from change_tracker.training.models import ExternalLearning, LearningActivity


class TaughtField(VisibleField):
    """Topics that the open work of whoever asks teaches; others do not exist for them."""

    def get_queryset(self) -> Any:
        """The topics to choose from, for this caller."""
        me = Person.objects.of_user(self.context["request"].user).first()
        return topics_of(me) if me else Technique.objects.none()


class MatchSerializer(serializers.Serializer[Any]):
    record = serializers.IntegerField(source="record.pk")
    activity = serializers.IntegerField(source="record.activity_id")
    title = serializers.CharField(source="record.activity.title")
    plan = serializers.IntegerField(source="record.plan_id")
    due_on = serializers.DateField(source="record.due_on", allow_null=True)
    topics = serializers.ListField(child=serializers.CharField())
    is_named = serializers.BooleanField()


class ConfirmSerializer(AcceptSerializer):
    also = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list, max_length=200
    )


class ExternalLearningSerializer(serializers.ModelSerializer[ExternalLearning]):
    person_name = serializers.CharField(source="person.display_name", read_only=True)
    activity = VisibleField(LearningActivity, allow_null=True, required=False)
    topics = TaughtField(Technique, many=True, required=False)
    file = serializers.FileField(write_only=True, required=False)

    class Meta:
        model = ExternalLearning
        fields = [
            "id",
            "person",
            "person_name",
            "title",
            "kind",
            "learnt_on",
            "minutes",
            "activity",
            "topics",
            "counted_for",
            "reported_on",
            "file",
            "file_name",
            "link",
            "note",
            "state",
            "decided_by",
            "decided_on",
            "answer",
            "version",
        ]
        read_only_fields = [
            "person",
            "counted_for",
            "reported_on",
            "file_name",
            "state",
            "decided_by",
            "decided_on",
            "answer",
        ]


class ExternalLearningFilter(FilterSet):
    person = IdFilter()
    activity = IdFilter()
    state = filters.ChoiceFilter(choices=ExternalLearning.State.choices)


class ExternalLearningViewSet(CreateMixin, ReadViewSet):
    """What people learnt elsewhere: they report it, their manager or HR confirms it."""

    model = ExternalLearning
    serializer_class = ExternalLearningSerializer
    filterset_class = ExternalLearningFilter
    parser_classes = [JSONParser, MultiPartParser]

    def joined(self, rows: Any) -> Any:
        """Names, and the keys of what it is about and counted for."""
        return rows.select_related("person").prefetch_related("topics", "counted_for")

    def perform_create(self, values: dict[str, Any]) -> ExternalLearning:
        """Report something of one's own; a file comes as a form (multipart)."""
        return services.report_learning(**values, **self._context())

    @documented(request=None, responses={200: MatchSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def matches(self, request: Request, pk: str | None = None) -> Response:
        """The open work that it may complete: the activity that it names, and what teaches one of
        its topics. Nothing once it is decided.
        """
        row = self.get_object()
        waits = row.state == ExternalLearning.State.REPORTED
        return Response(MatchSerializer(matches_of(row) if waits else [], many=True).data)

    @documented(request=ConfirmSerializer, responses={200: ExternalLearningSerializer})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str | None = None) -> Response:
        """Confirm it; what it counts for is done on its day. Nobody confirms their own.

        It counts for the activity that it names, and for those of its matches (ids of records) that
        `also` names.
        """
        row = self.get_object()
        self.require(row)
        values = body_of(ConfirmSerializer, request)
        return self.answer(services.confirm_learning(learning=row, **values, **self._context()))

    @documented(request=ReturnSerializer, responses={200: ExternalLearningSerializer})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, pk: str | None = None) -> Response:
        """Give it back, with a note."""
        row = self.get_object()
        self.require(row)
        values = body_of(ReturnSerializer, request)
        return self.answer(services.return_learning(learning=row, **values, **self._context()))

    @documented(request=None, responses={200: ExternalLearningSerializer})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str | None = None) -> Response:
        """Take back what one reported oneself, before somebody has decided."""
        row = self.get_object()
        self.require(row, "own")
        return self.answer(services.take_back_learning(learning=row, **self.actor_and_time()))

    @documented(request=None, responses={200: OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str | None = None) -> Any:
        """The file that was sent with it; 404 where there is none."""
        row = self.get_object()
        return sent_file(row.file, row.file_name)

    def _context(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), **self.actor_and_time()}
