"""Named sets of people, and their dated members."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet, any_of, key_of, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.people.models.persons import Person, oneself_or_team
from change_tracker.people.models.units import makes_audiences
from change_tracker.people.points import AUDIENCE_USES, CHANGEABLE_AUDIENCES, VISIBLE_AUDIENCES


class AudienceQuerySet(VisibleQuerySet["Audience"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        mine = AudienceMember.objects.filter(is_open=True, person__in=oneself_or_team(user)).ids(
            "audience"
        )
        return any_of(self.readable_in_full(user, roles), models.Q(pk__in=mine))

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """The rule can name people: members see the name only."""
        worked_with = [models.Q(pk__in=audiences(user)) for audiences in VISIBLE_AUDIENCES]
        return any_of(self.writable(user, roles), *worked_with)

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Whoever made one has it until something is about it; then those who lead that."""
        led = [models.Q(pk__in=audiences(user)) for audiences in CHANGEABLE_AUDIENCES]
        own = models.Q(created_by_id=key_of(user))
        for used in AUDIENCE_USES:
            own &= ~models.Q(pk__in=used())
        return any_of(when(roles.manages_people or roles.site_admin), own, *led)

    def choosable_by(self, user: User) -> "VisibleQuerySet[Audience]":
        """Those whose rule is known to them: whose group it is may read and change it."""
        return self.known_in_full_to(user)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        return makes_audiences(user, roles_of(user))


class Audience(Versioned):
    """A named set of people. Its clauses are the rule; its members follow from them."""

    name = models.CharField(_("name"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class AudienceMemberQuerySet(VisibleQuerySet["AudienceMember"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Of an audience that the caller sees, the people whom the caller sees."""
        return models.Q(
            audience__in=Audience.objects.visible_to(user).ids(),
            person__in=Person.objects.visible_to(user).ids(),
        )

    def open(self) -> "AudienceMemberQuerySet":
        """Who is a member now."""
        return self.filter(is_open=True)

    def on(self, day: date) -> "AudienceMemberQuerySet":
        """Who was a member on that day; the day of leaving no longer counts."""
        return self.filter(models.Q(left_on=None) | models.Q(left_on__gt=day), joined_on__lte=day)


class AudienceMember(models.Model):
    """One person's time in an audience; `is_open` is True or NULL, so that one is open at most."""

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), on_delete=models.CASCADE, related_name="members"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="memberships"
    )
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_open = models.BooleanField(_("member now"), null=True, default=True, editable=False)

    objects = AudienceMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of an audience")
        verbose_name_plural = _("members of audiences")
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "person", "is_open"], name="ct_member_open_once"
            ),
            models.CheckConstraint(
                # NULL = TRUE is unknown, and a CHECK lets the unknown pass: hence both isnull.
                condition=models.Q(is_open__isnull=False, is_open=True, left_on=None)
                | models.Q(is_open=None, left_on__isnull=False),
                name="ct_member_open_or_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.audience_id}"
