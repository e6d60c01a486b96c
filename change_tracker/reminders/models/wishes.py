"""How somebody wishes to hear from us: how often, from which hour, by which way."""

from datetime import date, datetime
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, key_of, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.people.models import Person


class OwnQuerySet(VisibleQuerySet[Any]):
    """Rows that belong to one person, and that nobody else reads or writes."""

    def readable(self, user: User, roles: Roles) -> models.Q:
        return models.Q(person__user_id=key_of(user))

    def writable(self, user: User, roles: Roles) -> models.Q:
        """As they are read."""
        return self.readable(user, roles)


class MailPreferenceQuerySet(OwnQuerySet):
    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """For oneself, so only those who are somebody on the staff list."""
        return Person.objects.of_user(user).exists()


class MailPreference(Versioned):
    """The wishes of one person; whoever has no row has the site's habits."""

    class Cadence(models.TextChoices):
        DAILY = "daily", _("every working day, when there is something to say")
        DAYS = "days", _("only on the days that I choose")
        WEEKLY = "weekly", _("once a week, on the day that I choose")
        NEVER = "never", _("only what may not be left out")

    person = models.OneToOneField(
        Person,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="mail_preference",
    )
    cadence = models.CharField(
        _("how often"), max_length=10, choices=Cadence.choices, default=Cadence.DAILY
    )
    # Digits, Monday is 0; read for the cadences that choose days.
    weekdays = models.CharField(_("days"), max_length=7, blank=True)
    # NULL: the hour of the site.
    from_hour = models.PositiveSmallIntegerField(
        _("not before, hour of the day"), null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    # Empty: the first one of the setting CHANNELS.
    channel = models.CharField(_("way"), max_length=30, blank=True)
    quiet_until = models.DateField(_("quiet until"), null=True, blank=True)

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cadence__in=["daily", "days", "weekly", "never"]),
                name="ct_preference_cadence",
            ),
            models.CheckConstraint(
                condition=models.Q(from_hour=None) | models.Q(from_hour__lte=23),
                name="ct_preference_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_cadence_display()}"

    @property
    def chosen_days(self) -> tuple[int, ...]:
        """The weekdays that were chosen; none where the cadence chooses none."""
        if self.cadence not in {self.Cadence.DAYS, self.Cadence.WEEKLY}:
            return ()
        return tuple(int(each) for each in self.weekdays)

    def is_quiet(self, today: date) -> bool:
        """Whether the person asked for quiet on that day."""
        return self.quiet_until is not None and today <= self.quiet_until


class ChannelPauseQuerySet(VisibleQuerySet["ChannelPause"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.site_admin or roles.manages_people)

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Stopping mail is for site admins."""
        return when(roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """The same."""
        return roles_of(user).site_admin

    def running(self, now: datetime) -> "ChannelPauseQuerySet":
        """Those that have not ended."""
        return self.filter(models.Q(until=None) | models.Q(until__gt=now))


class ChannelPause(Versioned):
    """A way that nothing leaves by for a while, such as when its server is moved."""

    channel = models.CharField(_("way"), max_length=30, unique=True)
    # NULL: until somebody takes it away.
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)

    objects = ChannelPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("paused way")
        verbose_name_plural = _("paused ways")
        ordering = ["channel"]

    def __str__(self) -> str:
        return self.channel
