"""How success is measured."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.models import Versioned
from change_tracker.initiatives.models.initiative import (
    Initiative,
    InitiativeChild,
    OpenlyVisibleQuerySet,
)


class ObjectiveQuerySet(OpenlyVisibleQuerySet["Objective"]):
    def with_latest(self) -> Self:
        """Adds `latest_value` and `latest_on` of the newest reading, NULL where there is none."""
        newest = Measurement.objects.filter(objective=models.OuterRef("pk")).order_by(
            "-measured_on"
        )
        return self.annotate(
            latest_value=models.Subquery(newest.values("value")[:1]),
            latest_on=models.Subquery(newest.values("measured_on")[:1]),
        )

    def unread(self) -> Self:
        """Those that nobody has measured yet."""
        readings = Measurement.objects.filter(objective=models.OuterRef("pk"))
        return self.filter(~models.Exists(readings))


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

    objects = ObjectiveQuerySet.as_manager()

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

    def is_reached_by(self, value: Decimal) -> bool | None:
        """Whether a reading of `value` reaches the target; None without a target."""
        if self.target is None:
            return None
        return value >= self.target if self.direction == self.Direction.UP else value <= self.target


class MeasurementQuerySet(OpenlyVisibleQuerySet["Measurement"]):
    path = "objective__initiative"


class Measurement(Versioned):
    """What an objective was found to be on one day."""

    objective = models.ForeignKey(
        Objective,
        verbose_name=_("objective"),
        on_delete=models.CASCADE,
        related_name="measurements",
    )
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("reading"), max_digits=14, decimal_places=2)
    note = models.CharField(_("where it comes from"), max_length=200, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["measured_on"]
        constraints = [
            # also read by the latest reading of each objective
            models.UniqueConstraint(
                fields=["objective", "measured_on"], name="ct_measurement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measured_on}: {self.value}"

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.objective.audit_scope
