"""When people are written to: policies with their steps, and what they mean for somebody."""

from dataclasses import asdict
from typing import Any

from django.db import models
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.fields import VisibleField, WholeLineMixin
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives.models import Initiative
from change_tracker.reminders.example import example_of
from change_tracker.reminders.inforce import steps_of
from change_tracker.reminders.models import ReminderPolicy, ReminderStep
from change_tracker.reminders.policies import change_policy, create_policy
from change_tracker.reminders.policywords import sentences_of
from change_tracker.training.models import TrainingPlan


class ReminderStepSerializer(WholeLineMixin, serializers.ModelSerializer[ReminderStep]):
    class Meta:
        model = ReminderStep
        fields = ["about", "days", "unit", "moment", "to", "on_doubt"]


class ReminderPolicySerializer(serializers.ModelSerializer[ReminderPolicy]):
    """`steps` is written as a whole; a new policy without it begins as a copy of what counts there.

    Without an initiative it is for the whole site; of a plan, name its initiative too.
    """

    initiative = VisibleField(Initiative, allow_null=True, required=False)
    plan = VisibleField(TrainingPlan, allow_null=True, required=False)
    steps = ReminderStepSerializer(many=True, required=False)
    sentences = serializers.SerializerMethodField()

    class Meta:
        model = ReminderPolicy
        fields = ["id", "initiative", "plan", "steps", "sentences", "version"]
        read_only_fields = ["version"]

    def get_sentences(self, policy: ReminderPolicy) -> list[str]:
        """Each step in words."""
        return sentences_of(steps_of(policy.steps.all()))


class MailSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    step = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField())


class ExampleSerializer(serializers.Serializer[Any]):
    """One open training that the caller may read."""

    record = serializers.IntegerField()
    person = serializers.CharField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    mails = MailSerializer(many=True)


class ReminderPolicyFilter(FilterSet):
    initiative = IdFilter()
    plan = IdFilter()

    class Meta:
        model = ReminderPolicy
        fields: list[str] = []


class ReminderPolicyViewSet(DeletableResourceViewSet):
    """When people are written to: of the site, of an initiative, of a plan. The nearest one counts,
    as a whole; deleting it brings back the next one.
    """

    model = ReminderPolicy
    serializer_class = ReminderPolicySerializer
    filterset_class = ReminderPolicyFilter

    def joined(self, rows: Any) -> Any:
        """With the steps."""
        return rows.prefetch_related("steps")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """A policy for a part that has none."""
        return create_policy(**values, **self.actor_and_time())

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Other steps."""
        version = self.expected_version()
        return change_policy(row, expected_version=version, **values, **self.actor_and_time())

    @documented(request=None, responses={200: ExampleSerializer, 204: None})
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """What it means for a real person: each mail about one of their trainings.

        204 where nobody has an open one that the caller may read.
        """
        example = example_of(self.get_object(), user=self.user, now=timezone.now())
        if example is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(ExampleSerializer(asdict(example)).data)
