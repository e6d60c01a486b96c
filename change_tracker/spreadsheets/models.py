"""A spreadsheet of a lead, on its way into an initiative."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, key_of
from change_tracker.core.sentfiles import SentFile
from change_tracker.initiatives.models import (
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
    Role,
    played_by,
)


class RegisterUploadQuerySet(InitiativeChildQuerySet["RegisterUpload"]):
    admin_writes = False

    def readable(self, user: User, roles: Roles) -> models.Q:
        """One's own, as long as one leads the initiative."""
        led = self.in_initiatives(played_by(user, Role.LEAD))
        return models.Q(owner=key_of(user)) & led

    def writable(self, user: User, roles: Roles) -> models.Q:
        return self.readable(user, roles)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        initiative = self.initiative_of(values)
        led = Initiative.objects.with_role(user, Role.LEAD)
        return initiative is not None and led.filter(pk=initiative.pk).exists()


class RegisterUpload(InitiativeChild, SentFile):
    """A workbook or one of its sheets as CSV.

    `headings` are pairs of the name of a sheet and what stands above its columns; `mapping` says
    of each sheet which of ours it is (`kind`) and which of its columns is which of ours
    (`columns`, ours → theirs).
    """

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.CASCADE, related_name="+"
    )

    objects = RegisterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent spreadsheet")
        verbose_name_plural = _("sent spreadsheets")
        ordering = ["-id"]
