"""How success is measured."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.models import Versioned
from change_tracker.initiatives.models.initiative import (
    Initiative,
    InitiativeChild,
    OpenlyVisibleQuerySet,
)


class Objective(InitiativeChild, Versioned):
    """A success criterion: from where, to where, in which unit, by when."""

    class Direction(models.TextChoices):
        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="objectives",
    )
    title = models.CharField(_("what we want to reach"), max_length=200)
    unit = models.CharField(_("measured in"), max_length=50, blank=True)
    baseline = models.DecimalField(
        _("where we start"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(
        _("where we want to be"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.UP
    )
    due_on = models.DateField(_("by when"), null=True, blank=True)

    objects = OpenlyVisibleQuerySet["Objective"].as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(direction__in=["up", "down"]), name="ct_objective_direction"
            ),
        ]

    def __str__(self) -> str:
        return self.title
