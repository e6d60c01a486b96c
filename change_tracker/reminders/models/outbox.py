"""The mails that carry what is owed, and every attempt to send one.

The database is the only truth. A `Digest` is the row that workers claim.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, key_of, when
from change_tracker.people.models import Person


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

    def unsaid(self) -> "DigestQuerySet":
        """Those that had nothing left to say before anybody tried to send them."""
        tried = Attempt.objects.filter(digest=models.OuterRef("pk"))
        return self.filter(~models.Exists(tried), state=Digest.State.CLOSED)

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


#: Slot 0 is the mail of the day, slot 1 one more for what cannot wait until the next; from 2 on
#: they are tests that the recipient asked for.
DAILY, URGENT, TESTS = 0, 1, 2


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

    @property
    def is_test(self) -> bool:
        """Whether the recipient asked for it, to see what a mail looks like."""
        return self.slot >= TESTS


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
