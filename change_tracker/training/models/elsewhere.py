"""What people learnt elsewhere: a conference, a seminar, a course; reported, then confirmed."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import NOTHING, Roles, User, VisibleQuerySet, any_of, key_of, when
from change_tracker.core.ids import is_known
from change_tracker.core.models import Versioned
from change_tracker.core.uploads import random_name, upload_storage
from change_tracker.core.validators import web_address
from change_tracker.people.models import Person, oneself, oneself_or_team, team_of
from change_tracker.resistance.models import Technique
from change_tracker.training.models.activities import LearningActivity
from change_tracker.training.models.records import TrainingRecord


class ExternalLearningQuerySet(VisibleQuerySet["ExternalLearning"]):
    def waiting(self) -> "ExternalLearningQuerySet":
        """Those that nobody has looked at yet."""
        return self.filter(state=ExternalLearning.State.REPORTED)

    def own(self, user: User) -> "ExternalLearningQuerySet":
        """The caller's own."""
        return self.filter(person__user_id=key_of(user)) if is_known(user) else self.none()

    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whose it is, their managers and HR; it belongs to no initiative."""
        people = oneself_or_team(user)
        return any_of(when(roles.manages_people), models.Q(person__in=people))

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Who confirms and gives back: managers and HR, never their own."""
        team = team_of(user)
        own = oneself(user)
        decides = any_of(when(roles.manages_people), models.Q(person__in=team))
        return decides & ~models.Q(person__in=own)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        """Everybody who works here, for themselves."""
        return Person.objects.of_user(user).exists()

    def deletable_by(self, user: User) -> "ExternalLearningQuerySet":
        """Nobody deletes what was reported and decided."""
        return self.filter(NOTHING)


class ExternalLearning(Versioned):
    """Something that a person learnt outside of every plan; never deleted."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("conference")
        SEMINAR = "seminar", _("seminar")
        COURSE = "course", _("course")
        OTHER = "other", pgettext_lazy("kind of learning", "something else")

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("hand-in", "waiting")
        CONFIRMED = "confirmed", pgettext_lazy("hand-in", "accepted")
        RETURNED = "returned", pgettext_lazy("hand-in", "given back")
        WITHDRAWN = "withdrawn", pgettext_lazy("hand-in", "taken back")

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="learnt_elsewhere"
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    learnt_on = models.DateField(_("day"))
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("counts for the activity"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="learnt_elsewhere",
    )
    topics = models.ManyToManyField(
        Technique, verbose_name=_("topics"), blank=True, related_name="learnt_elsewhere"
    )
    # What it completed when it was confirmed.
    counted_for = models.ManyToManyField(
        TrainingRecord,
        verbose_name=_("counted for"),
        blank=True,
        editable=False,
        related_name="learnt_elsewhere",
    )
    reported_on = models.DateField(_("reported on"))
    file = models.FileField(
        _("file"), upload_to=random_name, storage=upload_storage, max_length=200, blank=True
    )
    file_name = models.CharField(_("name of the file"), max_length=150, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[web_address])
    note = models.TextField(_("note"), blank=True)
    decided_by = models.ForeignKey(
        Person,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.REPORTED, editable=False
    )

    objects = ExternalLearningQuerySet.as_manager()

    class Meta:
        verbose_name = _("learning elsewhere")
        verbose_name_plural = _("learning elsewhere")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["reported", "confirmed", "returned", "withdrawn"]),
                name="ct_elsewhere_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["conference", "seminar", "course", "other"]),
                name="ct_elsewhere_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["confirmed", "returned"], decided_on__isnull=False)
                | models.Q(state__in=["reported", "withdrawn"], decided_on=None),
                name="ct_elsewhere_decided",
            ),
        ]
        indexes = [
            # read by my team: what waits, the oldest first
            models.Index(
                fields=["reported_on"],
                condition=models.Q(state="reported"),
                name="ct_elsewhere_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.title}"
