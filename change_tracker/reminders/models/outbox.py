"""The outbox: what is owed to whom, the mails that carry it, and every attempt to send one.

The database is the only truth. A `Digest` is the row that workers claim.
"""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, key_of, when
from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingRecord

KINDS = ["training_assigned", "training_added", "training_due", "training_late"]


class DigestQuerySet(VisibleQuerySet["Digest"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        return any_of(
            when(roles.site_admin or roles.manages_people),
            models.Q(recipient__user_id=key_of(user)),
        )

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Sending again what was given up is for site admins."""
        return when(roles.site_admin)

    def queued(self, now: datetime) -> "DigestQuerySet":
        """Those that may leave now; read through a partial index."""
        return self.filter(state=Digest.State.PENDING, available_at__lte=now)

    def abandoned(self, now: datetime) -> "DigestQuerySet":
        """Those whose worker has gone; read through a partial index."""
        return self.filter(state=Digest.State.CLAIMED, lease_until__lt=now)

    def inbox(self, user: User) -> "DigestQuerySet":
        """What `user` was sent, by whichever way, the latest first."""
        mine = self.filter(recipient__user_id=key_of(user), state=Digest.State.SENT)
        return mine.order_by("-sent_at", "-pk")

    def unread(self) -> "DigestQuerySet":
        """Those that the recipient has not opened in the inbox."""
        return self.filter(read_at=None)

    def dead(self) -> "DigestQuerySet":
        """Those that were given up."""
        return self.filter(state=Digest.State.DEAD)


class Digest(models.Model):
    """One mail to one person on one day; slot 0 is the day's mail."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        CLOSED = "closed", _("nothing left to say")

    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.PROTECT, related_name="digests"
    )
    local_on = models.DateField(_("day of the recipient"))
    slot = models.PositiveSmallIntegerField(_("slot"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING, editable=False
    )
    available_at = models.DateTimeField(_("not before"))
    lease_token = models.UUIDField(_("lease"), null=True, editable=False)
    lease_until = models.DateTimeField(_("lease ends"), null=True, editable=False)
    # Since the last time a person said "send again".
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # What the inbox shows: its subject as it left, and when the recipient opened it there.
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "local_on", "slot"], name="ct_digest_day"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "claimed", "sent", "dead", "closed"]),
                name="ct_digest_state",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="claimed", lease_token__isnull=False, lease_until__isnull=False
                )
                | (~models.Q(state="claimed") & models.Q(lease_token=None, lease_until=None)),
                name="ct_digest_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="ct_digest_sent_at",
            ),
        ]
        indexes = [
            # read by the claim: what may leave now
            models.Index(
                fields=["available_at"],
                condition=models.Q(state="pending"),
                name="ct_digest_pending",
            ),
            # read by the claim: whose worker has gone
            models.Index(
                fields=["lease_until"], condition=models.Q(state="claimed"), name="ct_digest_lost"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.local_on} {self.recipient}"


class ReminderQuerySet(VisibleQuerySet["Reminder"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        return any_of(
            when(roles.site_admin or roles.manages_people),
            models.Q(recipient__user_id=key_of(user)),
        )

    def planned(self) -> "ReminderQuerySet":
        """Those that have not left and still may."""
        return self.filter(state=Reminder.State.PLANNED)

    def loose(self) -> "ReminderQuerySet":
        """Planned ones that are in no mail yet: new, or held back by an initiative on hold."""
        return self.planned().filter(digest=None)

    def of_initiatives(self, states: Collection[str]) -> "ReminderQuerySet":
        """Those whose initiative is in one of `states`."""
        return self.filter(
            models.Q(record__plan__initiative__state__in=states)
            | models.Q(enrolment__plan__initiative__state__in=states)
        )


class Reminder(models.Model):
    """One reason to write to one person, once: `dedupe_key` is unique."""

    class Kind(models.TextChoices):
        ASSIGNED = "training_assigned", _("training assigned")
        ADDED = "training_added", _("training added")
        DUE = "training_due", _("training due")
        LATE = "training_late", _("training late")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    class ClosedReason(models.TextChoices):
        COMPLETED = "completed", _("completed")
        WAIVED = "waived", _("exempt")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LEFT = "left", _("left the organisation")
        SUPERSEDED = "superseded", _("replaced by a later one")
        UNREACHABLE = "unreachable", _("no address")
        UNSUBSCRIBED = "unsubscribed", _("not wanted by the recipient")

    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.PROTECT, related_name="reminders"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    step = models.CharField(_("step"), max_length=20)
    enrolment = models.ForeignKey(
        Enrolment,
        verbose_name=_("enrolment"),
        null=True,
        on_delete=models.CASCADE,
        related_name="reminders",
    )
    record = models.ForeignKey(
        TrainingRecord,
        verbose_name=_("training record"),
        null=True,
        on_delete=models.CASCADE,
        related_name="reminders",
    )
    dedupe_key = models.CharField(_("key"), max_length=120, unique=True)
    digest = models.ForeignKey(
        Digest,
        verbose_name=_("digest"),
        null=True,
        on_delete=models.PROTECT,
        related_name="reminders",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    closed_reason = models.CharField(
        _("closed because"), max_length=20, choices=ClosedReason.choices, blank=True
    )
    # The revision of the subject's date that this is about; it rises with every new date.
    due_revision = models.PositiveIntegerField(_("revision of the date"))
    send_on = models.DateField(_("to leave on"))
    # NULL: always goes, however late.
    expires_at = models.DateTimeField(_("expires at"), null=True)
    planned_at = models.DateTimeField(_("planned at"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enrolment__isnull=False, record=None)
                | models.Q(enrolment=None, record__isnull=False),
                name="ct_reminder_one_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "sent", "cancelled", "expired"]),
                name="ct_reminder_state",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="ct_reminder_kind"),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(digest__isnull=False),
                name="ct_reminder_sent_in_digest",
            ),
        ]
        indexes = [
            # read by the planner: whether a step of a record was planned before
            models.Index(fields=["record", "step", "due_revision"], name="ct_reminder_step"),
            # read by the planner: what has no mail yet
            models.Index(
                fields=["planned_at"],
                condition=models.Q(state="planned", digest=None),
                name="ct_reminder_loose",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def subject(self) -> TrainingRecord | Enrolment:
        """What it is about; exactly one, by the CHECK ct_reminder_one_subject."""
        return cast("TrainingRecord | Enrolment", self.record or self.enrolment)


class AttemptQuerySet(VisibleQuerySet["Attempt"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.site_admin or roles.manages_people)


class Attempt(models.Model):
    """One try to send a digest. Written before the mail leaves, closed afterwards."""

    class Outcome(models.TextChoices):
        OPEN = "", _("not known yet")
        SENT = "sent", _("sent")
        DEFERRED = "deferred", _("failed, to be repeated")
        REFUSED = "refused", _("refused for good")
        UNKNOWN = "unknown", _("the machine went away while sending")

    digest = models.ForeignKey(
        Digest, verbose_name=_("digest"), on_delete=models.CASCADE, related_name="attempt_rows"
    )
    n = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    channel = models.CharField(_("way"), max_length=30, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("code of the mail server"), null=True)
    detail = models.CharField(_("what it said"), max_length=300, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["digest_id", "n"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "n"], name="ct_attempt_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "sent", "deferred", "refused", "unknown"]),
                name="ct_attempt_outcome",
            ),
        ]
        indexes = [
            # read by the claim where there is a cap: how many left in the last minute
            models.Index(fields=["started_at"], name="ct_attempt_started"),
        ]

    def __str__(self) -> str:
        return f"{self.digest_id}#{self.n} {self.outcome}"
