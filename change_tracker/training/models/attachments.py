"""Files that belong to an activity."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, VisibleQuerySet
from change_tracker.core.uploads import random_name, upload_storage
from change_tracker.training.models.activities import LearningActivity


class ActivityFileQuerySet(VisibleQuerySet["ActivityFile"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whoever reads the activity."""
        activities = LearningActivity.objects.visible_to(user)
        return models.Q(activity__in=activities.ids())

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Whoever changes the activity."""
        activities = LearningActivity.objects.changeable_by(user)
        return models.Q(activity__in=activities.ids())

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        activity: LearningActivity | None = values.get("activity")
        mine = LearningActivity.objects.changeable_by(user)
        return activity is not None and mine.filter(pk=activity.pk).exists()


class ActivityFile(models.Model):
    """A file to learn from; it is read through the doorway only."""

    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("activity"),
        on_delete=models.PROTECT,
        related_name="files",
    )
    file = models.FileField(
        _("file"), upload_to=random_name, storage=upload_storage, max_length=200
    )
    file_name = models.CharField(_("name of the file"), max_length=150)
    size = models.PositiveBigIntegerField(_("size in bytes"))

    objects = ActivityFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an activity")
        verbose_name_plural = _("files of activities")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.activity.audit_scope
