"""Departments and teams, in a tree."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import (
    EVERYTHING,
    Roles,
    User,
    VisibleQuerySet,
    any_of,
    roles_of,
    when,
)
from change_tracker.core.ids import Ids
from change_tracker.core.modelfields import KeyField
from change_tracker.core.models import Versioned
from change_tracker.people.points import LEADS, VISIBLE_AUDIENCES


def makes_audiences(user: User, roles: Roles) -> bool:
    """Whether `user` may create audiences, and so has to know what units there are."""
    knows_all = roles.manages_people or roles.site_admin or roles.opens_initiatives
    return knows_all or any(leads(user) for leads in LEADS)


class OrgUnitQuerySet(VisibleQuerySet["OrgUnit"]):
    def within(self, unit: "OrgUnit") -> "OrgUnitQuerySet":
        """`unit` and everything below it."""
        return self.filter(path__startswith=unit.path)

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Who makes audiences chooses from all units; others see those they have to do with."""
        from change_tracker.people.models.clauses import AudienceClause
        from change_tracker.people.models.persons import Person

        if makes_audiences(user, roles):
            return EVERYTHING
        own_or_team = Person.objects.own_or_team(user).ids("unit")
        worked_with = AudienceClause.objects.filter(
            any_of(*(models.Q(audience__in=audiences(user)) for audiences in VISIBLE_AUDIENCES))
        )
        return models.Q(pk__in=own_or_team) | models.Q(pk__in=Ids(worked_with, "unit"))

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        return roles.manages_people or roles.site_admin


class OrgUnit(Versioned):
    """A department or team. `path` ("/1/5/") makes subtree queries one comparison."""

    external_id = KeyField(_("key in the roster"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    # read by every "unit with its subtree" query
    path = models.CharField(_("path"), max_length=500, db_index=True, default="/", editable=False)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
