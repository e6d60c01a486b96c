"""What an initiative learnt: what eased resistance, and what did not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import (
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
)
from change_tracker.resistance.models.catalogue import StrategyType


class LessonQuerySet(InitiativeChildQuerySet["Lesson"]):
    admin_writes = False

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whoever reads the catalogue reads what was learnt, once the initiative is published."""
        published = self.in_initiatives(Initiative.objects.published())
        catalogue = StrategyType.objects.all().readable(user, roles)
        return any_of(super().readable(user, roles), catalogue & published)


class Lesson(InitiativeChild, Versioned):
    """What eased resistance or did not, in the lead's words: evidence in the catalogue."""

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.CASCADE, related_name="lessons"
    )
    strategy = models.ForeignKey(
        StrategyType,
        verbose_name=_("strategy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lessons",
    )
    eased = models.BooleanField(_("it eased resistance"))
    words = models.TextField(_("what was learnt"))

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["-eased", "id"]

    def __str__(self) -> str:
        return self.words[:60]
