"""Days on which a unit can take no more change."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import EVERYTHING, Roles, User, VisibleQuerySet, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.core.validators import days_in_order
from change_tracker.people.models import OrgUnit, Person


class FreezePeriodQuerySet(VisibleQuerySet["FreezePeriod"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Everybody who works here, and those who keep the list."""
        keeps = roles.manages_people or roles.site_admin
        works_here = models.Q(models.Exists(Person.objects.of_user(user)))
        return EVERYTHING if keeps else works_here

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        return roles.manages_people or roles.site_admin


class FreezePeriod(Versioned):
    """Days on which a unit, and every unit below it, is left alone: year end, an audit, a move."""

    unit = models.ForeignKey(
        OrgUnit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="freeze_periods"
    )
    from_on = models.DateField(_("first day"))
    to_on = models.DateField(_("last day"))
    reason = models.CharField(_("what they are busy with"), max_length=200)

    objects = FreezePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("freeze period")
        verbose_name_plural = _("freeze periods")
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__gte=models.F("from_on")), name="ct_freeze_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.reason}"

    def clean(self) -> None:
        """For forms, which would name the constraint."""
        super().clean()
        days_in_order(self.from_on, self.to_on, field="to_on")
