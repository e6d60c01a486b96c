"""The address under which a calendar program fetches somebody's dates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.people.models import Person
from change_tracker.reminders.models.wishes import OwnQuerySet


class CalendarFeed(models.Model):
    """One secret address of one person; of the secret a hash is kept, for nobody to read."""

    person = models.OneToOneField(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="calendar_feed"
    )
    secret_hash = models.CharField(_("hash of the secret"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.person)
