"""The API of this slice: what was written to whom, and why; read only but for one verb."""

from dataclasses import asdict
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.access import key_of
from change_tracker.core.api.fields import VisibleField, WholeLineMixin
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to, yes_or_no
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet, ReadViewSet, ResourceViewSet
from change_tracker.core.errors import ForbiddenError
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.channels import choices
from change_tracker.reminders.example import example_of
from change_tracker.reminders.inbox import mark_read
from change_tracker.reminders.inforce import steps_of
from change_tracker.reminders.models import (
    Attempt,
    Digest,
    MailPreference,
    Reminder,
    ReminderPolicy,
    ReminderStep,
)
from change_tracker.reminders.policies import change_policy, create_policy
from change_tracker.reminders.policywords import sentences_of
from change_tracker.reminders.services import retry_digest
from change_tracker.reminders.wishes import set_preference
from change_tracker.training.models import TrainingPlan


class ReminderSerializer(serializers.ModelSerializer[Reminder]):
    recipient_name = serializers.CharField(source="recipient.display_name", read_only=True)

    class Meta:
        model = Reminder
        fields = [
            "id",
            "recipient",
            "recipient_name",
            "kind",
            "step",
            "to",
            "initiative",
            "enrolment",
            "record",
            "digest",
            "state",
            "closed_reason",
            "send_on",
            "expires_at",
            "planned_at",
        ]


class ReminderFilter(FilterSet):
    state = filters.MultipleChoiceFilter(choices=Reminder.State.choices)
    kind = filters.MultipleChoiceFilter(choices=Reminder.Kind.choices)
    recipient = IdFilter(field_name="recipient")
    initiative = IdFilter(field_name="initiative")
    record = IdFilter(field_name="record")
    enrolment = IdFilter(field_name="enrolment")
    digest = IdFilter(field_name="digest")
    send_from = day_from("send_on")
    send_to = day_to("send_on")


class ReminderViewSet(ReadViewSet):
    """Reasons to write to people: own ones, or everybody's for HR and site admins."""

    model = Reminder
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter

    def joined(self, rows: Any) -> Any:
        """The name of the recipient."""
        return rows.select_related("recipient")


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    class Meta:
        model = Attempt
        fields = ["n", "started_at", "finished_at", "outcome", "smtp_code", "detail"]


class DigestSerializer(serializers.ModelSerializer[Digest]):
    """`log` holds the attempts, for those who may read them; empty for the others. So is `subject`
    for all but the recipient: it can say who spoke up.
    """

    recipient_name = serializers.CharField(source="recipient.display_name", read_only=True)
    log = AttemptSerializer(source="attempt_rows", many=True, read_only=True)

    class Meta:
        model = Digest
        fields = [
            "id",
            "recipient",
            "recipient_name",
            "local_on",
            "slot",
            "state",
            "available_at",
            "attempts",
            "message_id",
            "sent_at",
            "subject",
            "read_at",
            "log",
        ]

    def to_representation(self, instance: Digest) -> dict[str, Any]:
        """The subject for the one who was written to."""
        shown: dict[str, Any] = super().to_representation(instance)
        is_own = instance.recipient.user_id == key_of(self.context["request"].user)
        return shown if is_own else shown | {"subject": ""}


class DigestFilter(FilterSet):
    state = filters.MultipleChoiceFilter(choices=Digest.State.choices)
    recipient = IdFilter(field_name="recipient")
    local_from = day_from("local_on")
    local_to = day_to("local_on")
    unread = yes_or_no("is_unread")

    def is_unread(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001  a filter's value
        """What the recipient was sent and has not opened, or all other."""
        sent = {"state": Digest.State.SENT, "read_at": None}
        return rows.filter(**sent) if value else rows.exclude(**sent)


class DigestViewSet(ReadViewSet):
    """Mails, one a person and day at most; the recipient's own, or all for HR and site admins."""

    model = Digest
    serializer_class = DigestSerializer
    filterset_class = DigestFilter

    def joined(self, rows: Any) -> Any:
        """The name of the recipient, and the attempts that the caller may read."""
        attempts = Attempt.objects.visible_to(self.user).order_by("n")
        return rows.select_related("recipient").prefetch_related(
            Prefetch("attempt_rows", queryset=attempts)
        )

    @documented(request=None, responses=DigestSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str | None = None) -> Response:
        """Send a mail again that was given up; 409 for any other. For site admins."""
        digest = self.get_object()
        self.require(digest)
        return self.answer(retry_digest(digest, **self.actor_and_time()))

    @documented(request=None, responses=DigestSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str | None = None) -> Response:
        """Note that the recipient has read it; repeating it changes nothing. For the recipient."""
        digest = self.get_object()
        if digest.recipient.user_id != key_of(self.user):
            raise ForbiddenError
        mark_read(self.user, now=timezone.now(), among=[digest.pk])
        return self.answer(digest)


class MailPreferenceSerializer(serializers.ModelSerializer[MailPreference]):
    """`weekdays` are digits, Monday is 0; `channel` is a name of the setting CHANNELS."""

    class Meta:
        model = MailPreference
        fields = [
            "id",
            "cadence",
            "weekdays",
            "from_hour",
            "channel",
            "quiet_until",
            "version",
        ]
        read_only_fields = ["version"]

    def validate_channel(self, name: str) -> str:
        """One that there is; empty for the usual one."""
        if name and name not in {known for known, _label in choices()}:
            raise serializers.ValidationError(_("There is no such way here."))
        return name


class MailPreferenceViewSet(ResourceViewSet):
    """How the caller wishes to be written to: one row, or none as long as nothing was wished."""

    model = MailPreference
    serializer_class = MailPreferenceSerializer

    def perform_create(self, values: dict[str, Any]) -> MailPreference:
        """Write it down; what there is already is changed."""
        person = Person.objects.of_user(self.user).get()
        return set_preference(person=person, **self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> MailPreference:
        """The same, compare-and-set."""
        return set_preference(
            person=row.person,
            expected_version=self.expected_version(),
            **self.actor_and_time(),
            **values,
        )


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
