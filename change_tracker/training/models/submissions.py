"""What people hand in, or say that they are ready for, until somebody else has decided."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import NOTHING, Roles, User, any_of, key_of, roles_of, when
from change_tracker.core.ids import is_known
from change_tracker.core.models import Versioned
from change_tracker.core.uploads import random_name, upload_storage
from change_tracker.core.validators import web_address
from change_tracker.initiatives.models import InitiativeChildQuerySet, Role, played_by
from change_tracker.people.models import Person, oneself, team_of
from change_tracker.training.models.records import TrainingRecord

#: Who confirms what people have learnt, beside their managers and human resources.
VERIFIERS = (Role.LEAD, Role.COACH)


class SubmissionQuerySet(InitiativeChildQuerySet["Submission"]):
    path = "record__plan__initiative"

    def waiting(self) -> "SubmissionQuerySet":
        """Those that nobody has looked at yet."""
        return self.filter(state=Submission.State.WAITING)

    def own(self, user: User) -> "SubmissionQuerySet":
        """The caller's own."""
        if not is_known(user):
            return self.none()
        return self.filter(record__person__user_id=key_of(user))

    def sent_by(self, user: User) -> "SubmissionQuerySet":
        """What the caller handed in, for themselves or for somebody who cannot sign in."""
        if not is_known(user):
            return self.none()
        own = models.Q(handed_in_by=None, record__person__user_id=key_of(user))
        return self.filter(own | models.Q(handed_in_by__user_id=key_of(user)))

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whose it is, and who decides; nobody else, site admins neither."""
        own = oneself(user)
        return any_of(self._verifiable(user), models.Q(record__person__in=own))

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Who accepts and gives back: managers, leads, coaches and HR, never their own."""
        # Not written as a negation of the join: a person without a login has NULL there.
        own = oneself(user)
        return self._verifiable(user) & ~models.Q(record__person__in=own)

    def _verifiable(self, user: User) -> models.Q:
        team = team_of(user)
        guided = self.in_initiatives(played_by(user, *VERIFIERS))
        hr = when(roles_of(user).manages_people)
        return any_of(hr, models.Q(record__person__in=team), guided)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """Everybody for their own record, and who records for people who cannot sign in."""
        record: TrainingRecord | None = values.get("record")
        if record is None or record.person.user_id is not None:
            return record is not None and record.person.user_id == key_of(user)
        mine = TrainingRecord.objects.recordable_by(user)
        return bool(mine.filter(pk=record.pk).exists())

    def deletable_by(self, user: User) -> "SubmissionQuerySet":
        """Nobody deletes what was handed in and decided."""
        return self.filter(NOTHING)


class Submission(Versioned):
    """What somebody hands in for one record: a file, a link, or the word that they are ready.

    Never deleted. At most one of a record waits. The file is read through the doorway only.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("hand-in", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("hand-in", "accepted")
        RETURNED = "returned", pgettext_lazy("hand-in", "given back")
        WITHDRAWN = "withdrawn", pgettext_lazy("hand-in", "taken back")

    record = models.ForeignKey(
        TrainingRecord,
        verbose_name=_("training record"),
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    handed_in_on = models.DateField(_("handed in on"))
    # Empty: the person themselves.
    handed_in_by = models.ForeignKey(
        Person,
        verbose_name=_("handed in by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    file = models.FileField(
        _("file"), upload_to=random_name, storage=upload_storage, max_length=200, blank=True
    )
    file_name = models.CharField(_("name of the file"), max_length=150, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[web_address])
    note = models.TextField(_("note"), blank=True)
    decided_by = models.ForeignKey(
        Person,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    is_open = models.BooleanField(
        _("waits to be looked at"), null=True, default=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.WAITING, editable=False
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-in")
        verbose_name_plural = _("hand-ins")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "is_open"], name="ct_submission_open_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "accepted", "returned", "withdrawn"]),
                name="ct_submission_state",
            ),
            models.CheckConstraint(
                # NULL = TRUE is unknown, and a CHECK lets the unknown pass: hence both isnull.
                condition=models.Q(state="waiting", is_open__isnull=False, is_open=True)
                | (~models.Q(state="waiting") & models.Q(is_open=None)),
                name="ct_submission_open_or_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["accepted", "returned"], decided_on__isnull=False)
                | models.Q(state__in=["waiting", "withdrawn"], decided_on=None),
                name="ct_submission_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(file="") | models.Q(link=""),
                name="ct_submission_file_or_link",
            ),
        ]
        indexes = [
            # read by my team and by the plans of an initiative: what waits, the oldest first
            models.Index(
                fields=["handed_in_on"],
                condition=models.Q(state="waiting"),
                name="ct_submission_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.handed_in_on}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.record.audit_scope
