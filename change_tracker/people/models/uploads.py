"""A roster that somebody sent to a page, on its way into the sync."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, key_of, roles_of, when
from change_tracker.core.jobs.models import JobRun


class PeopleUploadQuerySet(VisibleQuerySet["PeopleUpload"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """One's own, as long as one manages people: the file is about everybody."""
        return when(roles.manages_people, models.Q(owner=key_of(user)))

    def writable(self, user: User, roles: Roles) -> models.Q:
        return self.readable(user, roles)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        return roles_of(user).manages_people


class PeopleUpload(models.Model):
    """One file: which of its columns is which of ours, what it would do, the job that does it.

    The file and its preview are gone once it was applied, or after a day; the `mapping` (ours →
    theirs) stays, for the next file with the same headings, told by `source`.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    name = models.CharField(_("name of the file"), max_length=200)
    content = models.BinaryField(_("file"), null=True)
    headings = models.JSONField(_("headings"), default=list)
    source = models.CharField(_("digest of the headings"), max_length=64, db_index=True)
    mapping = models.JSONField(_("columns"), default=dict)
    is_full = models.BooleanField(_("everybody is in it"), default=False)
    uploaded_at = models.DateTimeField(_("sent at"))
    preview = models.JSONField(_("what it would do"), null=True)
    digest = models.CharField(_("digest of the change list"), max_length=64, blank=True)
    job = models.ForeignKey(
        JobRun,
        verbose_name=_("background job"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PeopleUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent roster")
        verbose_name_plural = _("sent rosters")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
