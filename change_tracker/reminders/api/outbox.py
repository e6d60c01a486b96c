"""The API of this slice: what was written to whom, and why; read only but for one verb."""

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.access import key_of
from change_tracker.core.api.filters import FilterSet, IdFilter, YesOrNo, day_from, day_to
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import ReadViewSet, ResourceViewSet
from change_tracker.core.errors import ForbiddenError
from change_tracker.people.models import Person
from change_tracker.reminders.channels import choices
from change_tracker.reminders.inbox import mark_read
from change_tracker.reminders.models import (
    Attempt,
    Digest,
    MailPreference,
    Reminder,
)
from change_tracker.reminders.services import retry_digest
from change_tracker.reminders.wishes import set_preference


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
    unread = YesOrNo(method="is_unread")

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
