"""Whom an initiative touches, and how."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, roles_of, whether
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models.initiative import (
    Initiative,
    InitiativeChild,
    OpenlyVisibleQuerySet,
)
from change_tracker.people.models import Audience


class Impact(models.IntegerChoices):
    """How hard a change hits a group, in words."""

    NONE = 0, _("not at all")
    HARDLY = 1, _("hardly: they hear of it")
    LITTLE = 2, _("a little: a task or two differ")
    CLEAR = 3, _("clearly: a part of each day differs")
    STRONG = 4, _("strongly: most of each day differs")
    ENTIRE = 5, _("entirely: it becomes another job")


class Influence(models.IntegerChoices):
    """How much a group can do for the change or against it, in words."""

    VERY_LITTLE = 1, _("very little")
    LITTLE = 2, _("little")
    SOME = 3, _("some")
    MUCH = 4, _("much")
    VERY_MUCH = 5, _("very much")


class Support(models.IntegerChoices):
    """How a group stands to the change, in words."""

    AGAINST = -2, _("against it")
    RATHER_AGAINST = -1, _("rather against it")
    UNDECIDED = 0, _("undecided")
    RATHER_FOR = 1, _("rather for it")
    FOR = 2, _("for it")


class AffectedGroupQuerySet(OpenlyVisibleQuerySet["AffectedGroup"]):
    def with_stance_for(self, user: User) -> Self:
        """Adds `shows_stance`: whether `user` may read a group's influence and support."""
        known = whether(self.readable_in_full(user, roles_of(user)))
        return self.annotate(shows_stance=known)

    def readable_in_full(self, user: User, roles: Roles) -> models.Q:
        """Those who are touched read what it means for them, not how they are judged."""
        return self.from_within(user, roles)


class AffectedGroup(InitiativeChild, Versioned):
    """How an initiative touches an audience (change impact)."""

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="affected_groups",
    )
    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), on_delete=models.PROTECT, related_name="+"
    )
    impact = models.PositiveSmallIntegerField(
        _("impact, 0 (none) to 5"), default=3, validators=[MaxValueValidator(5)]
    )
    from_state = models.TextField(_("how it is today"), blank=True)
    to_state = models.TextField(_("how it will be"), blank=True)
    message = models.TextField(_("what it means for you"), blank=True)
    influence = models.PositiveSmallIntegerField(
        _("influence, 1 to 5"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    support = models.SmallIntegerField(
        _("support, -2 (against) to 2 (for)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-2), MaxValueValidator(2)],
    )
    from_on = models.DateField(_("from"), null=True, blank=True)
    to_on = models.DateField(_("to"), null=True, blank=True)

    objects = AffectedGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("affected group")
        verbose_name_plural = _("affected groups")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "audience"], name="ct_group_once"),
            models.CheckConstraint(
                condition=models.Q(impact__gte=0, impact__lte=5), name="ct_group_impact"
            ),
            models.CheckConstraint(
                condition=models.Q(influence=None) | models.Q(influence__gte=1, influence__lte=5),
                name="ct_group_influence",
            ),
            models.CheckConstraint(
                condition=models.Q(support=None) | models.Q(support__gte=-2, support__lte=2),
                name="ct_group_support",
            ),
            models.CheckConstraint(
                condition=models.Q(from_on=None)
                | models.Q(to_on=None)
                | models.Q(to_on__gte=models.F("from_on")),
                name="ct_group_dates",
            ),
        ]

    def __str__(self) -> str:
        return str(self.audience)

    @property
    def impact_words(self) -> str:
        """The impact as pages say it."""
        return str(Impact(self.impact).label)

    @property
    def influence_words(self) -> str:
        """The influence as pages say it; nothing where nobody judged it."""
        return str(Influence(self.influence).label) if self.influence is not None else ""

    @property
    def support_words(self) -> str:
        """How the group stands to the change, as pages say it; nothing where nobody judged it."""
        return str(Support(self.support).label) if self.support is not None else ""
