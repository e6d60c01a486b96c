"""Handing in a file, a link, or the word that one is ready; confirming it or giving it back."""

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
from change_tracker.training import services
from change_tracker.training.api.handedin import AcceptSerializer, HandedInViewSet
from change_tracker.training.models import Submission, TrainingRecord


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    record = VisibleField(TrainingRecord)
    person = serializers.IntegerField(source="record.person_id", read_only=True)
    person_name = serializers.CharField(source="record.person.display_name", read_only=True)
    plan = serializers.IntegerField(source="record.plan_id", read_only=True)
    title = serializers.CharField(source="record.activity.title", read_only=True)
    file = serializers.FileField(write_only=True, required=False)

    class Meta:
        model = Submission
        fields = [
            "id",
            "record",
            "person",
            "person_name",
            "plan",
            "title",
            "handed_in_on",
            "handed_in_by",
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
            "handed_in_on",
            "handed_in_by",
            "file_name",
            "state",
            "decided_by",
            "decided_on",
            "answer",
        ]


class SubmissionFilter(FilterSet):
    record = IdFilter()
    person = IdFilter(field_name="record__person")
    plan = IdFilter(field_name="record__plan")
    initiative = IdFilter(field_name="record__plan__initiative")
    unit = IdFilter(field_name="record__unit")
    within_unit = WithinUnitFilter(field_name="record__unit")
    #: of the training that it is about
    due_from = day_from("record__due_on")
    due_to = day_to("record__due_on")
    state = filters.ChoiceFilter(choices=Submission.State.choices)


class SubmissionViewSet(ExportMixin, HandedInViewSet):
    """Hand-ins: the person hands in or takes back, somebody else confirms it or gives it back."""

    model = Submission
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    own = "sent_by"

    def joined(self, rows: Any) -> Any:
        """Names and titles."""
        return rows.select_related("record__person", "record__activity")

    def perform_create(self, values: dict[str, Any]) -> Submission:
        """Hand something in for one's own record: a file (multipart) or a link where evidence is
        asked for, neither where somebody signs it off. Managers, leads and HR do it for people who
        cannot sign in.
        """
        return services.hand_in(**values, **self.on_this_day())

    @documented(request=AcceptSerializer, responses={200: SubmissionSerializer})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str | None = None) -> Response:
        """Confirm it: the record is completed. Nobody confirms their own."""
        row = self.get_object()
        self.require(row)
        values = body_of(AcceptSerializer, request)
        return self.answer(
            services.accept_submission(submission=row, **values, **self.on_this_day())
        )

    def returned(self, row: Submission, **values: Any) -> Submission:
        """It waits for the person again."""
        return services.return_submission(submission=row, **values)

    def taken_back(self, row: Submission, **values: Any) -> Submission:
        """It waits for nobody."""
        return services.take_back_submission(submission=row, **values)
