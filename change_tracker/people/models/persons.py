"""Someone who works here, with or without a login, and who reports to whom."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import (
    NOTHING,
    Roles,
    User,
    VisibleQuerySet,
    any_of,
    key_of,
    roles_of,
    when,
)
from change_tracker.core.ids import Ids, is_known, remembered
from change_tracker.core.lists import words_in
from change_tracker.core.modelfields import KeyField
from change_tracker.core.models import Versioned
from change_tracker.core.searching import has_in_it
from change_tracker.core.validators import days_in_order
from change_tracker.people.models.units import OrgUnit
from change_tracker.people.points import VISIBLE_AUDIENCES


class PersonQuerySet(VisibleQuerySet["Person"]):
    def active(self, on: date) -> "PersonQuerySet":
        """Who works here on that day: started, and not past the last day."""
        return self.filter(
            models.Q(starts_on=None) | models.Q(starts_on__lte=on),
            models.Q(ends_on=None) | models.Q(ends_on__gte=on),
        )

    def sharing_an_address(self, on: date) -> "PersonQuerySet":
        """Who works here and has an address that another one has as well: it is nobody's."""
        here = Person.objects.active(on).exclude(email="").annotate(address=Lower("email"))
        times = here.order_by().values("address").annotate(times=models.Count("pk"))
        shared = times.filter(times__gt=1).values("address")
        return self.active(on).annotate(address=Lower("email")).filter(address__in=shared)

    def called(self, words: str) -> "PersonQuerySet":
        """Those whose name has each of `words` somewhere; nobody where there are none."""
        conditions = [has_in_it("display_name", word) for word in words_in(words)]
        return self.filter(*conditions) if conditions else self.none()

    def of_user(self, user: User) -> "PersonQuerySet":
        """The person behind a login: one or none."""
        return self.filter(user_id=key_of(user)) if is_known(user) else self.none()

    def team_of(self, user: User) -> "PersonQuerySet":
        """Direct and indirect reports of `user`."""
        return self.filter(pk__in=team_of(user))

    def reporting_directly_to(self, user: User) -> "PersonQuerySet":
        """Direct reports of `user`."""
        lines = ReportingLine.objects.filter(manager__user_id=key_of(user), depth=1)
        return self.filter(pk__in=Ids(lines, "person"))

    def own_or_team(self, user: User) -> "PersonQuerySet":
        """`user` as a person, and their direct and indirect reports."""
        return self.filter(own_or_team(user))

    def readable(self, user: User, roles: Roles) -> models.Q:
        worked_with = [
            models.Q(pk__in=members_of(audiences(user))) for audiences in VISIBLE_AUDIENCES
        ]
        return any_of(self.readable_in_full(user, roles), *worked_with)

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """Of others than one's own team a name and an id."""
        return any_of(self.writable(user, roles), own_or_team(user))

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.manages_people or roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        roles = roles_of(user)
        return roles.manages_people or roles.site_admin


class Person(Versioned):
    """Someone who works here. Matched with the roster by `external_id`, never by e-mail."""

    external_id = KeyField(_("key in the roster"), max_length=200, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("login"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="change_tracker_person",
    )
    display_name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True, db_index=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    unit = models.ForeignKey(
        OrgUnit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    manager = models.ForeignKey(
        "self",
        verbose_name=_("manager"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
    )
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["display_name", "id"]
        permissions = [("manage_people", _("Can manage people, units and imports (HR)"))]
        constraints = [
            # Not one's own manager is a rule of the sync: MariaDB takes no CHECK on an id.
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(starts_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="ct_person_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """For forms, which would name the constraint."""
        super().clean()
        days_in_order(self.starts_on, self.ends_on, field="ends_on")

    def is_active(self, on: date) -> bool:
        """Whether the person works here on that day."""
        started = self.starts_on is None or self.starts_on <= on
        return started and (self.ends_on is None or self.ends_on >= on)


class ReportingLine(models.Model):
    """Who reports to whom at any depth (1 = directly); rebuilt by each sync."""

    manager = models.ForeignKey(
        Person, verbose_name=_("manager"), on_delete=models.CASCADE, related_name="lines_down"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="lines_up"
    )
    depth = models.PositiveSmallIntegerField(_("levels between them"))

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        constraints = [
            models.UniqueConstraint(fields=["manager", "person"], name="ct_line_once"),
            models.CheckConstraint(
                condition=~models.Q(manager=models.F("person")), name="ct_line_not_to_self"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.manager_id} ({self.depth})"


@remembered
def team_of(key: Any) -> Ids:
    """Direct and indirect reports of a user."""
    return _reports_of(key)


@remembered
def oneself(key: Any) -> Ids:
    """The person behind a login: one or none."""
    return Person.objects.filter(user_id=key).ids()


@remembered
def oneself_or_team(key: Any) -> Ids:
    """The person behind a login, and their direct and indirect reports."""
    return Person.objects.filter(models.Q(user_id=key) | models.Q(pk__in=_reports_of(key))).ids()


def _reports_of(key: Any) -> Ids:
    return Ids(ReportingLine.objects.filter(manager__user_id=key), "person")


def own_or_team(user: User) -> models.Q:
    """The condition on persons: the caller, or one of the caller's reports."""
    if not is_known(user):
        return NOTHING
    return models.Q(user_id=key_of(user)) | models.Q(pk__in=team_of(user))


def members_of(audience_ids: Any) -> Any:
    """Subquery: the people who are in one of some audiences now."""
    from change_tracker.people.models.audiences import AudienceMember

    return AudienceMember.objects.filter(audience__in=audience_ids, is_open=True).ids("person")
