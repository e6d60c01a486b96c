"""What people learnt elsewhere: reporting, confirming, giving back."""

from typing import Any

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
from change_tracker.people.models import Person
from change_tracker.resistance.models import Technique
from change_tracker.training import services
from change_tracker.training.api.handedin import AcceptSerializer, HandedInViewSet
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
    unit = IdFilter(field_name="person__unit")
    within_unit = WithinUnitFilter(field_name="person__unit")
    learnt_from = day_from("learnt_on")
    learnt_to = day_to("learnt_on")
    state = filters.ChoiceFilter(choices=ExternalLearning.State.choices)


class ExternalLearningViewSet(ExportMixin, HandedInViewSet):
    """What people learnt elsewhere: they report it, their manager or HR confirms it."""

    model = ExternalLearning
    serializer_class = ExternalLearningSerializer
    filterset_class = ExternalLearningFilter
    own = "own"

    def joined(self, rows: Any) -> Any:
        """Names, and the keys of what it is about and counted for."""
        return rows.select_related("person").prefetch_related("topics", "counted_for")

    def perform_create(self, values: dict[str, Any]) -> ExternalLearning:
        """Report something of one's own; a file comes as a form (multipart)."""
        return services.report_learning(**values, **self.on_this_day())

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
        return self.answer(services.confirm_learning(learning=row, **values, **self.on_this_day()))

    def returned(self, row: ExternalLearning, **values: Any) -> ExternalLearning:
        """The person reads why."""
        return services.return_learning(learning=row, **values)

    def taken_back(self, row: ExternalLearning, **values: Any) -> Any:
        """It waits for nobody."""
        return services.take_back_learning(learning=row, **values)
