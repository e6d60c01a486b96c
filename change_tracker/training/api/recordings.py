"""Recording for people who cannot sign in."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import IdField
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.schema import documented
from change_tracker.training import services
from change_tracker.training.models import TrainingRecord

MOST = 1000


class RecordingSerializer(serializers.Serializer[Any]):
    records = serializers.ListField(child=IdField(), min_length=1, max_length=MOST)
    completed_on = serializers.DateField(required=False, allow_null=True, default=None)


class LeftOutSerializer(serializers.Serializer[Any]):
    """One record that was left out, and why."""

    record = serializers.IntegerField()
    code = serializers.CharField()


class RecordedSerializer(serializers.Serializer[Any]):
    """Records that are done now, and those that were left out."""

    recorded = serializers.ListField(child=serializers.IntegerField())
    left_out = LeftOutSerializer(many=True)


class RecordingsViewSet(PinnedView, ViewSet):
    """For managers, leads and HR: what people did who cannot sign in to say so."""

    @documented(request=RecordingSerializer, responses={200: RecordedSerializer})
    def create(self, request: Request) -> Response:
        """Record up to 1,000 training records as done on one day; safe to repeat.

        Left out, with a code: `unknown_record` (there is none that you see), `forbidden`, `done`,
        `oneself`, `has_login`, `not_open`, `not_yet_open`, `completion_rule`, `handed_in`.
        """
        values = body_of(RecordingSerializer, request)
        asked = list(dict.fromkeys(values["records"]))
        visible = TrainingRecord.objects.visible_to(request.user).filter(pk__in=asked)
        seen = set(visible.values_list("pk", flat=True))
        mine: Any = TrainingRecord.objects.recordable_by(request.user).filter(pk__in=seen)
        now = timezone.now()
        done = services.record_for_others(
            mine,
            completed_on=values["completed_on"],
            actor=request.user,
            today=timezone.localdate(now),
            now=now,
        )
        why = {pk: reach for reach, ids in done.of.items() for pk in ids}
        left_out = [
            {"record": pk, "code": _code(pk, seen, why)}
            for pk in asked
            if why.get(pk) != services.Reach.RECORDED
        ]
        return Response({"recorded": done.recorded, "left_out": left_out})


def _code(pk: int, seen: set[int], why: dict[int, services.Reach]) -> str:
    if pk not in seen:
        return "unknown_record"
    return str(why[pk].value) if pk in why else "forbidden"
