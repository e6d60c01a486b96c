"""A roster that somebody sent to a page, on its way into the sync."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, key_of, roles_of, when
from change_tracker.core.sentfiles import SentFile


class PeopleUploadQuerySet(VisibleQuerySet["PeopleUpload"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """One's own, as long as one manages people: the file is about everybody."""
        return when(roles.manages_people, models.Q(owner=key_of(user)))

    def writable(self, user: User, roles: Roles) -> models.Q:
        return self.readable(user, roles)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        return roles_of(user).manages_people


class PeopleUpload(SentFile):
    """A roster; its `mapping` is ours → theirs.

    One that is `from_source` has an empty file: what the host's people source says is asked anew
    whenever it is looked at or applied.
    """

    is_full = models.BooleanField(_("everybody is in it"), default=False)
    from_source = models.BooleanField(_("asked of the people source"), default=False)

    objects = PeopleUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent roster")
        verbose_name_plural = _("sent rosters")
        ordering = ["-id"]
