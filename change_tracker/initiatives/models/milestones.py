"""Dates on the way, which are celebrated when somebody says that they are reached."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from change_tracker.core.models import Versioned
from change_tracker.initiatives.models.initiative import (
    Initiative,
    InitiativeChild,
    OpenlyVisibleQuerySet,
)

#: So long a milestone that was reached stands at the top of pages.
CELEBRATED = timedelta(days=30)


class MilestoneQuerySet(OpenlyVisibleQuerySet["Milestone"]):
    def in_order(self) -> Self:
        """By the day on which each was reached, or is to be."""
        return self.order_by(Coalesce("reached_on", "due_on"), "pk")


class Milestone(InitiativeChild, Versioned):
    """A dated event on the way; a person says when it is reached, and whom to thank for it."""

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="milestones",
    )
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("by when"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    words = models.TextField(_("what we celebrate"), blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title

    def is_celebrated(self, today: date) -> bool:
        """Whether it was reached in these days."""
        return self.reached_on is not None and today - self.reached_on <= CELEBRATED
