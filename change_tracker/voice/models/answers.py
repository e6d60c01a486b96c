"""What the change team tells everybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import (
    TEAM,
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
)


class PublishedAnswerQuerySet(InitiativeChildQuerySet["PublishedAnswer"]):
    writers = TEAM
    creators = TEAM
    admin_writes = False

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whoever sees the initiative; what is taken down, those who work in it."""
        seen = self.in_initiatives(Initiative.objects.visible_to(user))
        return super().readable(user, roles) | (seen & models.Q(is_shown=True))


class PublishedAnswer(InitiativeChild, Versioned):
    """What people told us and what we did, in the words of the change team; nobody's own."""

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="published_answers",
    )
    told = models.TextField(_("what people told us"))
    did = models.TextField(_("what we did"))
    published_on = models.DateField(_("published on"))
    is_shown = models.BooleanField(_("shown to everybody whom it touches"), default=True)

    objects = PublishedAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("published answer")
        verbose_name_plural = _("published answers")
        ordering = ["-published_on", "-id"]

    def __str__(self) -> str:
        return self.told[:60]
