"""One's own training."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from change_tracker.core.api.pinned import PinnedView
from change_tracker.core.api.schema import documented
from change_tracker.training.queries import my_work


class WhySerializer(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    rule = serializers.CharField()
    answers = serializers.ListField(
        child=serializers.CharField(), help_text="What it is meant to help with, in sentences."
    )


class MoreTimeSerializer(serializers.Serializer[Any]):
    granted = serializers.CharField()
    last = serializers.CharField()
    waiting_id = serializers.IntegerField(allow_null=True)
    waiting_until = serializers.DateField(allow_null=True)


class HandedInSerializer(serializers.Serializer[Any]):
    submission_id = serializers.IntegerField(allow_null=True)
    waits = serializers.BooleanField()
    said = serializers.CharField()
    link = serializers.CharField()
    file_name = serializers.CharField()


class WorkItemSerializer(serializers.Serializer[Any]):
    record_id = serializers.IntegerField()
    activity_id = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField()
    minutes = serializers.IntegerField()
    plan_id = serializers.IntegerField()
    plan = serializers.CharField()
    initiative_id = serializers.IntegerField()
    initiative = serializers.CharField()
    initiative_slug = serializers.CharField()
    is_required = serializers.BooleanField()
    opens_on = serializers.DateField(allow_null=True)
    opens_after = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    is_soon = serializers.BooleanField()
    state = serializers.CharField()
    completed_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    can_undo = serializers.BooleanField()
    is_attested = serializers.BooleanField()
    counts_when = serializers.CharField()
    hands_in = serializers.CharField()
    handed_in = HandedInSerializer()
    progress = serializers.IntegerField(allow_null=True)
    progress_label = serializers.CharField()
    exempt = serializers.CharField()
    again = serializers.CharField()
    more_time = MoreTimeSerializer()
    why = WhySerializer()


class MyWorkSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField()
    go_live_on = serializers.DateField(allow_null=True)
    items = WorkItemSerializer(many=True)
    done = WorkItemSerializer(many=True)


class MyTrainingViewSet(PinnedView, ViewSet):
    """What the caller has to learn, by when and why; empty for a login without a person."""

    @documented(responses={200: MyWorkSerializer})
    def list(self, request: Request) -> Response:
        """Open items (late first, then by date, then without one) and what is done."""
        work = my_work(request.user, timezone.localdate())
        return Response(MyWorkSerializer(work).data)
