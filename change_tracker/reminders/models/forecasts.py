"""What mail the next two weeks bring, worked out by the tick for whoever asked."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, key_of, when
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.models.initiative import played_by
from change_tracker.people.models import Person
from change_tracker.reminders.models.words import MAIL_READERS, mails_are_read_by


class ForecastQuerySet(VisibleQuerySet["Forecast"]):
    """That of a person is theirs alone; that of an initiative is read by who reads its policies."""

    def readable(self, user: User, roles: Roles) -> models.Q:
        return any_of(
            models.Q(person__user_id=key_of(user)),
            when(
                roles.site_admin or roles.manages_people,
                models.Q(initiative__isnull=False),
            ),
            models.Q(initiative__in=played_by(user, *MAIL_READERS)),
        )

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Whoever reads it may have it worked out anew."""
        return self.readable(user, roles)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """For an initiative whose policies one reads, or for oneself."""
        initiative = values.get("initiative")
        if initiative is None:
            return Person.objects.of_user(user).exists()
        read = Initiative.objects.filter(mails_are_read_by(user), pk=initiative.pk)
        return read.exists()

    def waiting(self) -> "ForecastQuerySet":
        """Those that somebody asked for since they were last worked out."""
        return self.filter(models.Q(made_at=None) | models.Q(made_at__lt=models.F("asked_at")))

    def over(self, before: datetime) -> "ForecastQuerySet":
        """Those that nobody asked for since `before`."""
        return self.filter(asked_at__lt=before)


class Forecast(models.Model):
    """The next two weeks of mail of an initiative, or to a person; one for all who look at it.

    `lines` are what leaves, alike together: `on`, `kind`, `step`, `to`, `title`, the number of
    `people`, and the keys of the first of them (`named`).
    """

    initiative = models.OneToOneField(
        Initiative,
        verbose_name=_("initiative"),
        null=True,
        on_delete=models.CASCADE,
        related_name="mail_forecast",
    )
    person = models.OneToOneField(
        Person,
        verbose_name=_("person"),
        null=True,
        on_delete=models.CASCADE,
        related_name="mail_forecast",
    )
    asked_at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("worked out at"), null=True)
    lines = models.JSONField(_("lines"), default=list)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        verbose_name = _("forecast of mail")
        verbose_name_plural = _("forecasts of mail")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(initiative=None, person__isnull=False)
                | models.Q(initiative__isnull=False, person=None),
                name="ct_forecast_of_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.initiative or self.person)

    @property
    def is_waiting(self) -> bool:
        """Whether it is to be worked out with the next run."""
        return self.made_at is None or self.made_at < self.asked_at
