"""Who is in which plan."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Exists, Min, OuterRef, Subquery
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
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ReadViewSet
from change_tracker.training.api.discretion import DiscreetSerializer
from change_tracker.training.given import note_groups
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.services import enrol_again, withdraw_enrolment


class EnrolmentSerializer(DiscreetSerializer):
    person_name = serializers.CharField(source="person.display_name", read_only=True)
    plan_title = serializers.CharField(source="plan.title", read_only=True)
    due_on = serializers.DateField(source="next_due_on", read_only=True, allow_null=True)
    standing = serializers.SerializerMethodField()
    groups = serializers.SerializerMethodField()
    groups_left = serializers.SerializerMethodField()

    team_fields = (
        "id",
        "person",
        "person_name",
        "plan",
        "plan_title",
        "due_on",
        "standing",
    )

    class Meta:
        model = Enrolment
        fields = [
            "id",
            "person",
            "person_name",
            "plan",
            "plan_title",
            "cycle",
            "assigned_on",
            "due_on",
            "standing",
            "groups",
            "groups_left",
            "state",
            "version",
        ]

    def get_standing(self, row: Any) -> str:
        """In the words that managers read: open, late, done or ended."""
        if row.state == Enrolment.State.ACTIVE:
            return "late" if row.is_late else "open"
        return "done" if row.state == Enrolment.State.COMPLETED else "ended"

    def get_groups(self, row: Any) -> list[str]:
        """Why: the groups through which the person has the plan."""
        return [each.group for each in row.given_through if each.ended_on is None]

    def get_groups_left(self, row: Any) -> list[str]:
        """Why they had it: groups of the plan that the person has left."""
        return [each.group for each in row.given_through if each.ended_on is not None]


@lru_cache(maxsize=2)
def _open_work(today: date) -> dict[str, Any]:
    """Whether some of it is late, and the next date: expressions, the same for all on that day."""
    records = TrainingRecord.objects.outstanding().filter(enrolment=OuterRef("pk")).order_by()
    first = records.values("enrolment").annotate(on=Min("due_on")).values("on")
    return {"is_late": Exists(records.overdue(today)), "next_due_on": Subquery(first)}


class EnrolmentFilter(FilterSet):
    request: Any
    plan = IdFilter()
    person = IdFilter()
    unit = IdFilter(field_name="person__unit")
    within_unit = WithinUnitFilter(field_name="person__unit")
    initiative = IdFilter(field_name="plan__initiative")
    #: of the next open date
    due_from = day_from("next_due_on")
    due_to = day_to("next_due_on")
    overdue = YesOrNo(method="by_overdue")
    state = filters.ChoiceFilter(choices=Enrolment.State.choices, method="by_state")

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """Only among rows whose state the caller may read."""
        return rows.known_in_full_to(self.request.user).filter(state=value)

    def by_overdue(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001  a filter
        """With something open past its date, or without."""
        return rows.filter(is_late=value)


class WithdrawSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class EnrolmentViewSet(IncludeMixin, ExportMixin, ReadViewSet):
    """One row for each person and plan; made by assigning."""

    model = Enrolment
    serializer_class = EnrolmentSerializer
    filterset_class = EnrolmentFilter

    def joined(self, rows: Any) -> Any:
        """Names, the next date, and why, at the same cost for any number of rows."""
        described = rows.with_discretion(self.user).naming(person="display_name", plan="title")
        return described.annotate(**_open_work(timezone.localdate())).along_with(note_groups)

    @documented(request=WithdrawSerializer, responses={200: EnrolmentSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take the person out of the plan: open work is no longer needed, done work stays."""
        row = self.get_object()
        self.require(row)
        withdrawn = withdraw_enrolment(
            enrolment=row,
            reason=body_of(WithdrawSerializer, request)["reason"],
            today=timezone.localdate(),
            **self.actor_and_time(),
        )
        return self.answer(withdrawn)

    @documented(request=None, responses={200: EnrolmentSerializer})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def put_back(self, request: Request, pk: str | None = None) -> Response:
        """Put somebody who was withdrawn back in the plan, as far as one of its groups has them.

        What they had done stays; the rest is to do again, by the dates that apply today.
        """
        row = self.get_object()
        self.require(row)
        back = enrol_again(enrolment=row, today=timezone.localdate(), **self.actor_and_time())
        return self.answer(back)
