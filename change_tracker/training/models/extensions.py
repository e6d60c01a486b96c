"""Asking for more time."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import NOTHING, Roles, User, any_of, key_of
from change_tracker.core.ids import is_known
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import InitiativeChildQuerySet, Role, played_by
from change_tracker.people.models import Person, oneself, oneself_or_team, team_of
from change_tracker.training.models.records import TrainingRecord


class ExtensionRequestQuerySet(InitiativeChildQuerySet["ExtensionRequest"]):
    path = "record__plan__initiative"
    readers = (Role.LEAD,)
    hr_reads = True

    def waiting(self) -> "ExtensionRequestQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(state=ExtensionRequest.State.REQUESTED)

    def own(self, user: User) -> "ExtensionRequestQuerySet":
        """Those about the caller's own work."""
        if not is_known(user):
            return self.none()
        return self.filter(record__person__user_id=key_of(user))

    def readable(self, user: User, roles: Roles) -> models.Q:
        people = oneself_or_team(user)
        return any_of(super().readable(user, roles), models.Q(record__person__in=people))

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Who grants and refuses: managers and leads, never about themselves."""
        team = team_of(user)
        led = self.in_initiatives(played_by(user, Role.LEAD))
        # Not written as a negation of the join: a person without a login has NULL there.
        own = oneself(user)
        return any_of(models.Q(record__person__in=team), led) & ~models.Q(record__person__in=own)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """Everybody for their own record."""
        record: TrainingRecord | None = values.get("record")
        return record is not None and record.person.user_id == key_of(user)

    def deletable_by(self, user: User) -> "ExtensionRequestQuerySet":
        """Nobody deletes what was asked and answered."""
        return self.filter(NOTHING)


class ExtensionRequest(Versioned):
    """A later date for one record: asked for, or given unasked; never deleted.

    `asked_on` is NULL when nobody asked. `due_on` is the date that was granted, which may be
    another one than `wanted_on`. At most one of a record waits for an answer.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    record = models.ForeignKey(
        TrainingRecord,
        verbose_name=_("training record"),
        on_delete=models.PROTECT,
        related_name="extensions",
    )
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    wanted_on = models.DateField(_("wanted date"))
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        Person,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    due_on = models.DateField(_("granted date"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    is_open = models.BooleanField(_("waits for an answer"), null=True, default=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.REQUESTED, editable=False
    )

    objects = ExtensionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for more time")
        verbose_name_plural = _("requests for more time")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "is_open"], name="ct_extension_open_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["requested", "granted", "refused", "withdrawn"]),
                name="ct_extension_state",
            ),
            models.CheckConstraint(
                # NULL = TRUE is unknown, and a CHECK lets the unknown pass: hence both isnull.
                condition=models.Q(state="requested", is_open__isnull=False, is_open=True)
                | (~models.Q(state="requested") & models.Q(is_open=None)),
                name="ct_extension_open_or_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(state="granted", due_on__isnull=False, decided_on__isnull=False)
                | models.Q(state="refused", due_on=None, decided_on__isnull=False)
                | models.Q(state__in=["requested", "withdrawn"], due_on=None, decided_on=None),
                name="ct_extension_decided",
            ),
        ]
        indexes = [
            # read by my team and by the plans of an initiative: what waits, the oldest first
            models.Index(
                fields=["asked_on"],
                condition=models.Q(state="requested"),
                name="ct_extension_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.wanted_on}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.record.audit_scope
