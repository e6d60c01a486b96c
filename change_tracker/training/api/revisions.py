"""Revising a plan that people have."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.jobs import JobSerializer, accepted
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import BaseViewSet
from change_tracker.core.jobs.models import JobRun
from change_tracker.training import planjobs, services
from change_tracker.training.checkjobs import check_later
from change_tracker.training.models import DueRule, DueUnit, LearningActivity, TrainingPlan


class WantedSerializer(serializers.Serializer[Any]):
    activity = VisibleField(LearningActivity)
    is_required = serializers.BooleanField(default=True)
    due_rule = serializers.ChoiceField(choices=DueRule.choices, default=DueRule.NONE)
    due_on = serializers.DateField(allow_null=True, default=None)
    due_days = serializers.IntegerField(allow_null=True, default=None)
    due_unit = serializers.ChoiceField(choices=DueUnit.choices, default=DueUnit.DAYS)


class ReviseSerializer(serializers.Serializer[Any]):
    items = WantedSerializer(many=True)
    reopen = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    digest = serializers.CharField(required=False)


class ChangedSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    people = serializers.IntegerField()
    is_required = serializers.BooleanField()
    first_due_on = serializers.DateField(allow_null=True)
    kept = serializers.IntegerField()


class RevisionSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    people = serializers.IntegerField()
    added = ChangedSerializer(many=True)
    removed = ChangedSerializer(many=True)
    now_required = ChangedSerializer(many=True)
    now_optional = ChangedSerializer(many=True)
    redated = ChangedSerializer(many=True)
    is_reordered = serializers.BooleanField()
    finishing = serializers.IntegerField()
    finished = serializers.IntegerField()
    reopened = serializers.IntegerField()
    digest = serializers.CharField()


class ReviseMixin(BaseViewSet):
    """The verb `revise` of a plan."""

    @documented(request=ReviseSerializer, responses={200: RevisionSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str | None = None) -> Response:
        """Let the items of a published plan be `items`, in this order, for everyone who has it.

        `dry_run` only says what it would do; with its `digest` the same is done, or nothing. Who
        had finished gets new required items only with `reopen`. Where many people have the plan a
        worker does it, or finds it out: 202, with the job; what `dry_run` asked is its `found`.
        """
        plan = self.get_object()
        self.require(plan, "assignable_by")
        body = body_of(ReviseSerializer, request)
        wanted = [services.Wanted(**each) for each in body["items"]]
        time = {"today": timezone.localdate(), **self.actor_and_time()}
        if body["dry_run"] and self._takes_long(plan, wanted):
            return accepted(check_later(plan=plan, items=wanted, **self.actor_and_time()))
        if body["dry_run"]:
            revision = services.preview_revision(
                plan=plan, items=wanted, today=time["today"], now=time["now"]
            )
            return Response(RevisionSerializer(revision).data)
        done = planjobs.change_items(
            plan=plan,
            items=wanted,
            reopen=body["reopen"],
            expected=body.get("digest"),
            **time,
        )
        if isinstance(done, JobRun):
            return accepted(done)
        return Response(RevisionSerializer(done).data)

    def _takes_long(self, plan: TrainingPlan, wanted: Sequence[services.Wanted]) -> bool:
        changes_nothing = services.changes_nothing(plan, wanted)
        return not changes_nothing and planjobs.revising_takes_long(plan)
