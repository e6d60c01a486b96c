"""Progress of an initiative as figures, and what is missing in it."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.api.bodies import taken
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.initiatives.head import reads_register, with_head
from change_tracker.initiatives.queries import with_leaders
from change_tracker.progress.gaps import gaps_of, situation_of
from change_tracker.progress.load import Cell, load_of
from change_tracker.progress.loadwords import collisions_of
from change_tracker.progress.missing import late_by_manager
from change_tracker.progress.queries import (
    Measures,
    initiatives_with_progress_for,
    measures,
    measures_by_plan,
    measures_by_unit,
)

GROUPINGS = {"plan": measures_by_plan, "unit": measures_by_unit}


class MeasuresSerializer(serializers.Serializer[Any]):
    enrolled = serializers.IntegerField()
    due = serializers.IntegerField()
    completed = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    overdue = serializers.IntegerField()
    completion_rate = serializers.FloatField(allow_null=True)


class GroupSerializer(MeasuresSerializer):
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()


class ProgressSerializer(MeasuresSerializer):
    initiative = serializers.IntegerField()
    on = serializers.DateField()
    by = serializers.ChoiceField(choices=["plan", "unit"], allow_null=True)
    rows = GroupSerializer(many=True)


class QuestionSerializer(serializers.Serializer[Any]):
    """The parameters: on which date (today if not said), and by what (the whole if not said)."""

    on = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=["plan", "unit"], required=False)


class ProgressViewSet(PinnedView, ViewSet):
    """Who is enrolled, what is due, done, on time and late, on any date."""

    parameters = frozenset(QuestionSerializer().fields)

    @documented(parameters=[QuestionSerializer], responses={200: ProgressSerializer})
    def list(self, request: Request, initiative: str) -> Response:
        """The whole initiative, and with `by` a row for each plan or unit as well."""
        row = initiatives_with_progress_for(request.user).filter(pk=initiative).first()
        if row is None:
            raise Http404
        question = taken(QuestionSerializer(data=request.query_params))
        on = question.get("on") or timezone.localdate()
        by = question.get("by")
        groups = GROUPINGS[by](row, on) if by else []
        return Response(
            {
                "initiative": row.pk,
                "on": on,
                "by": by,
                **figures(measures(row, on)),
                "rows": [
                    {"id": each.id, "name": each.name, **figures(each.measures)} for each in groups
                ],
            }
        )


class GapSerializer(serializers.Serializer[Any]):
    """A line of the gap list; `first` is the key of the first row of which it speaks, if known."""

    kind = serializers.CharField()
    number = serializers.IntegerField()
    sentence = serializers.CharField()
    cause = serializers.CharField(allow_blank=True)
    unit = serializers.IntegerField(allow_null=True)
    first = serializers.IntegerField(allow_null=True)


class LateManagerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk", allow_null=True)
    name = serializers.CharField(allow_blank=True)
    people = serializers.IntegerField()


class GapListSerializer(serializers.Serializer[Any]):
    initiative = serializers.IntegerField()
    on = serializers.DateField()
    gaps = GapSerializer(many=True)
    late_by_manager = LateManagerSerializer(many=True)


class GapsViewSet(PinnedView, ViewSet):
    """What is missing in an initiative, as far as the caller may know it."""

    @documented(responses={200: GapListSerializer})
    def list(self, request: Request, initiative: str) -> Response:
        """Every gap of today; people who are late by manager, for those who read names."""
        user, today = request.user, timezone.localdate()
        rows = with_leaders(with_head(initiatives_with_progress_for(user), user), today)
        row: Any = rows.filter(pk=initiative).first()
        if row is None:
            raise Http404
        situation = situation_of(user, row, reads_register=reads_register(user, row), today=today)
        gaps = {
            "initiative": row.pk,
            "on": today,
            "gaps": gaps_of(situation, today, most=None),
            "late_by_manager": late_by_manager(row, today) if row.shows_names else [],
        }
        return Response(GapListSerializer(gaps).data)


class AskedSerializer(serializers.Serializer[Any]):
    initiative = serializers.IntegerField()
    title = serializers.CharField()
    minutes = serializers.IntegerField()


class FrozenSerializer(serializers.Serializer[Any]):
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    reason = serializers.CharField()


class MonthSerializer(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="its first day")
    minutes = serializers.IntegerField()
    minutes_on_days_kept_free = serializers.IntegerField()
    initiatives = AskedSerializer(many=True)
    days_kept_free = FrozenSerializer(many=True)


class UnitLoadSerializer(serializers.Serializer[Any]):
    unit = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    minutes = serializers.IntegerField()
    months = MonthSerializer(many=True)


class LoadSerializer(serializers.Serializer[Any]):
    units = UnitLoadSerializer(many=True)
    collisions = serializers.ListField(child=serializers.CharField())


class LoadViewSet(PinnedView, ViewSet):
    """What initiatives ask of people: minutes by unit and month, and what collides, in words."""

    @documented(responses={200: LoadSerializer})
    def list(self, request: Request) -> Response:
        """Of all running initiatives whose figures the caller may read, every unit."""
        today = timezone.localdate()
        load = load_of(request.user, today, most=None)
        units = [
            {
                "unit": each.pk,
                "name": each.name,
                "minutes": each.total,
                "months": [_month(cell) for cell in each.cells],
            }
            for each in load.units
        ]
        return Response({"units": units, "collisions": collisions_of(load, today)})


def _month(cell: Cell) -> dict[str, Any]:
    return {
        "month": cell.first,
        "minutes": cell.total,
        "minutes_on_days_kept_free": cell.frozen_minutes,
        "initiatives": [
            {"initiative": pk, "title": title, "minutes": minutes}
            for (pk, title), minutes in sorted(cell.minutes.items())
        ],
        "days_kept_free": [
            {"from_on": each.first, "to_on": each.last, "reason": each.why} for each in cell.freezes
        ],
    }


def figures(row: Measures) -> dict[str, Any]:
    """Measures as a caller reads them."""
    return dict(MeasuresSerializer(row).data)


ROUTES: list[Route] = [
    (r"load", LoadViewSet, "load"),
    (r"initiatives/(?P<initiative>[0-9]{1,18})/progress", ProgressViewSet, "initiative-progress"),
    (r"initiatives/(?P<initiative>[0-9]{1,18})/gaps", GapsViewSet, "initiative-gaps"),
]
