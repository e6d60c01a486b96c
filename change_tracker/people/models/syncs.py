"""Runs of a people source, with what they did or why they did not."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, when


class PeopleSyncQuerySet(VisibleQuerySet["PeopleSync"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)


class PeopleSync(models.Model):
    """One run: its source, its counts, its row-numbered problems, what became of it."""

    class State(models.TextChoices):
        DRY_RUN = "dry_run", _("dry run")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    source = models.CharField(_("source"), max_length=200)
    state = models.CharField(_("state"), max_length=20, choices=State.choices)
    ran_at = models.DateTimeField(_("ran at"))
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    counts = models.JSONField(_("counts"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    digest = models.CharField(_("digest of the change list"), max_length=64, blank=True)

    objects = PeopleSyncQuerySet.as_manager()

    class Meta:
        verbose_name = _("people sync")
        verbose_name_plural = _("people syncs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["dry_run", "applied", "refused"]),
                name="ct_sync_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.state}"
