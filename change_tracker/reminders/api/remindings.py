"""Reminding chosen people of a plan."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import IdField, VisibleField
from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.schema import documented
from change_tracker.core.errors import ForbiddenError
from change_tracker.reminders.byhand import (
    Call,
    preview_reminding,
    refusal_to_remind,
    remind_people,
)
from change_tracker.training.models import Enrolment, TrainingPlan

MOST = 1000


class RemindingSerializer(serializers.Serializer[Any]):
    plan = VisibleField(TrainingPlan)
    enrolments = serializers.ListField(child=IdField(), min_length=1, max_length=MOST)
    dry_run = serializers.BooleanField(default=False)
    digest = serializers.CharField(required=False)


class NotRemindedSerializer(serializers.Serializer[Any]):
    """One enrolment that is left out, and why."""

    enrolment = serializers.IntegerField()
    code = serializers.ChoiceField(choices=[each for each in Call.values if each != Call.REACHED])


class RemindedSerializer(serializers.Serializer[Any]):
    reached = serializers.ListField(child=serializers.IntegerField())
    left_out = NotRemindedSerializer(many=True)
    later = serializers.IntegerField(help_text="Of those reached, who gets no mail today.")
    digest = serializers.CharField()


class RemindingsViewSet(PinnedView, ViewSet):
    """For leads and HR: a reminder to some people of a plan, with their mail of the day."""

    @documented(request=RemindingSerializer, responses={200: RemindedSerializer})
    def create(self, request: Request) -> Response:
        """Remind up to 1,000 people; those whom you may not change are not looked at.

        `dry_run` only says whom it would reach; with its `digest` the same is done, or nothing.
        """
        body = body_of(RemindingSerializer, request)
        plan, user, now = body["plan"], request.user, timezone.now()
        if not TrainingPlan.objects.assignable_by(user).filter(pk=plan.pk).exists():
            raise ForbiddenError
        if refusal := refusal_to_remind(plan):
            raise refusal
        mine: Any = Enrolment.objects.changeable_by(user).filter(plan=plan)
        chosen = mine.filter(pk__in=body["enrolments"])
        calls = preview_reminding(chosen, actor=user, now=now)
        if not body["dry_run"]:
            expected = body.get("digest", calls.digest)
            calls = remind_people(chosen, plan=plan, expected=expected, actor=user, now=now)
        left_out = [
            {"enrolment": pk, "code": call.value}
            for call, ids in calls.of.items()
            if call != Call.REACHED
            for pk in ids
        ]
        said: dict[str, Any] = {"reached": calls.reached, "left_out": left_out}
        said |= {"later": calls.later, "digest": calls.digest}
        return Response(RemindedSerializer(said).data)
