"""The register: one resistance in one initiative, and the dated reviews of its level."""

from typing import Any, NoReturn

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import (
    AGENTS,
    Initiative,
    InitiativeChild,
    InitiativeChildQuerySet,
    Role,
)
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models.catalogue import PAST_EXPERIENCES, ReadinessStage, SourceType


class Level(models.IntegerChoices):
    """Behaviour that one can observe, not a feeling score."""

    NONE = 0, _("no sign of it")
    GRUMBLING = 1, _("grumbling")
    DOUBTING = 2, _("doubting")
    OBJECTING = 3, _("objecting")
    AVOIDING = 4, _("avoiding")
    REFUSING = 5, _("refusing")


ENDED_STATES = ("resolved", "dismissed")


class ResistanceSourceQuerySet(InitiativeChildQuerySet["ResistanceSource"]):
    creators = (Role.LEAD, *AGENTS)
    admin_writes = False

    def with_levels(self) -> "ResistanceSourceQuerySet":
        """Adds `latest_level` and `first_level`, NULL where no review exists."""
        reviews = ResistanceReview.objects.filter(source=models.OuterRef("pk"))
        newest = reviews.order_by("-reviewed_on", "-id").values("level")[:1]
        oldest = reviews.order_by("reviewed_on", "id").values("level")[:1]
        return self.annotate(
            latest_level=models.Subquery(newest), first_level=models.Subquery(oldest)
        )

    def with_trend(self) -> "ResistanceSourceQuerySet":
        """Adds `latest_level` and the `previous_level` before it, NULL where there is none."""
        reviews = ResistanceReview.objects.filter(source=models.OuterRef("pk"))
        newest_first = reviews.order_by("-reviewed_on", "-id").values("level")
        return self.annotate(
            latest_level=models.Subquery(newest_first[:1]),
            previous_level=models.Subquery(newest_first[1:2]),
        )

    def told_to(self, user: User) -> "ResistanceSourceQuerySet":
        """Of whose `last_time` and `this_time`, and of nothing else, `user` may read: whoever sees
        the initiative.
        """
        seen = self.in_initiatives(Initiative.objects.visible_to(user))
        told = self.filter(seen, type__slug=PAST_EXPERIENCES).exclude(last_time="")
        return told.exclude(state=ResistanceSource.State.DISMISSED)

    def open(self) -> "ResistanceSourceQuerySet":
        """Those that still ask for something."""
        return self.exclude(state__in=ENDED_STATES)


class ResistanceSource(InitiativeChild, Versioned):
    """One resistance in one initiative, in the lead's words. It belongs to groups, not persons."""

    class State(models.TextChoices):
        IDENTIFIED = "identified", _("identified")
        ASSESSED = "assessed", _("assessed")
        MITIGATING = "mitigating", _("mitigating")
        MONITORING = "monitoring", _("monitoring")
        RESOLVED = "resolved", _("resolved")
        ACCEPTED = "accepted", _("live with it")
        DISMISSED = "dismissed", _("dismissed")

    class Origin(models.TextChoices):
        ANTICIPATED = "anticipated", _("anticipated")
        OBSERVED = "observed", _("observed")

    type = models.ForeignKey(
        SourceType,
        verbose_name=_("kind of resistance"),
        on_delete=models.PROTECT,
        related_name="sources",
    )
    statement = models.TextField(_("what we hear"))
    last_time = models.TextField(_("last time"), blank=True)
    this_time = models.TextField(_("this time"), blank=True)
    audiences = models.ManyToManyField(
        Audience, verbose_name=_("groups"), blank=True, related_name="+"
    )
    origin = models.CharField(
        _("origin"), max_length=20, choices=Origin.choices, default=Origin.OBSERVED
    )
    stage = models.CharField(
        _("readiness stage"), max_length=20, choices=ReadinessStage.choices, blank=True
    )
    owner = models.ForeignKey(
        Person,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    target_level = models.PositiveSmallIntegerField(
        _("target level"),
        choices=Level.choices,
        default=Level.GRUMBLING,
        validators=[MaxValueValidator(5)],
    )
    review_on = models.DateField(_("look again on"), null=True, blank=True)
    # Rises with every new date, so that people are reminded anew.
    due_revision = models.PositiveIntegerField(_("revision of the date"), default=1, editable=False)
    approver = models.ForeignKey(
        Person,
        verbose_name=_("accepted by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.IDENTIFIED, editable=False
    )

    objects = ResistanceSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("resistance")
        verbose_name_plural = _("resistance register")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "identified",
                        "assessed",
                        "mitigating",
                        "monitoring",
                        "resolved",
                        "accepted",
                        "dismissed",
                    ]
                ),
                name="ct_resistance_state",
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=["anticipated", "observed"]),
                name="ct_resistance_origin",
            ),
            models.CheckConstraint(
                condition=models.Q(target_level__gte=0, target_level__lte=5),
                name="ct_resistance_target",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted")
                | models.Q(approver__isnull=False, review_on__isnull=False),
                name="ct_resistance_accepted_by",
            ),
        ]

    def __str__(self) -> str:
        return self.statement[:60]

    def latest_review(self) -> "ResistanceReview | None":
        """The newest judgement of its level; one query."""
        return self.reviews.order_by("-reviewed_on", "-id").first()


class ResistanceReviewQuerySet(InitiativeChildQuerySet["ResistanceReview"]):
    path = "source__initiative"
    creators = (Role.LEAD, *AGENTS)
    writers = ()
    admin_writes = False

    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("Reviews are append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("Reviews are append-only.")


class ResistanceReview(models.Model):
    """A dated judgement of the level of one resistance. Append-only."""

    source = models.ForeignKey(
        ResistanceSource,
        verbose_name=_("resistance"),
        on_delete=models.PROTECT,
        related_name="reviews",
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    reviewed_on = models.DateField(_("reviewed on"))
    reviewer = models.ForeignKey(
        Person,
        verbose_name=_("reviewer"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.TextField(_("note"), blank=True)

    objects = ResistanceReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of a resistance")
        verbose_name_plural = _("reviews of resistance")
        ordering = ["-reviewed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__gte=0, level__lte=5), name="ct_review_level"
            ),
        ]
        indexes = [
            # read by the latest and the first level of each source
            models.Index(fields=["source", "-reviewed_on", "-id"], name="ct_review_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewed_on}: {self.level}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a review that turns out wrong is followed by another one."""
        if self.pk is not None:
            raise TypeError("Reviews are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: reviews are append-only."""
        raise TypeError("Reviews are append-only.")

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.source.audit_scope
