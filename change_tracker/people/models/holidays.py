"""Days on which nobody is expected to work."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, roles_of, when
from change_tracker.core.models import Versioned


class HolidayQuerySet(VisibleQuerySet["Holiday"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Everybody who works here, and those who keep the list."""
        from change_tracker.people.models.persons import Person

        keeps = roles.manages_people or roles.site_admin
        return when(keeps or Person.objects.of_user(user).exists())

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        return roles.manages_people or roles.site_admin


class Holiday(Versioned):
    """One day off for everybody; no working day where working days are counted."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=200)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name} ({self.day})"
