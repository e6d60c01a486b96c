"""Something to learn from."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import Roles, User, any_of, key_of, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.core.validators import web_address
from change_tracker.initiatives.models import (
    MEMBERS,
    Initiative,
    InitiativeChildQuerySet,
    InitiativeMember,
    Role,
    played_by,
)
from change_tracker.resistance.models import CatalogueEntry, Technique
from change_tracker.resistance.models.catalogue import Basis, CatalogueQuerySet

#: Ten years: more is a typing mistake.
MAX_VALID_MONTHS = 120


class ActivityKind(CatalogueEntry):
    """A form of learning: a course, a talk, a practice at work."""

    basis = models.CharField(
        _("basis"), max_length=20, choices=Basis.choices, default=Basis.PROPOSED
    )

    objects = CatalogueQuerySet["ActivityKind"].as_manager()

    class Meta:
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activities")
        ordering = ["id"]


def deletable_in(rows: InitiativeChildQuerySet[Any], user: User) -> models.Q:
    """The condition behind `deletable_by`: lead and site admin, but not HR."""
    led = rows.in_initiatives(played_by(user, Role.LEAD))
    return any_of(when(roles_of(user).site_admin), led)


class LearningActivityQuerySet(InitiativeChildQuerySet["LearningActivity"]):
    hr_reads = True
    hr_writes = True

    def deletable_by(self, user: User) -> "LearningActivityQuerySet":
        """Lead and site admin; HR creates and changes only."""
        return self.filter(deletable_in(self, user))

    def readable(self, user: User, roles: Roles) -> models.Q:
        from change_tracker.training.models.plans import PlanItem, TrainingPlan

        in_plans = PlanItem.objects.filter(plan__in=TrainingPlan.objects.visible_to(user).ids())
        working = InitiativeMember.objects.filter(person__user_id=key_of(user), role__in=MEMBERS)
        return any_of(
            when(roles.site_admin or roles.manages_people),
            self.in_initiatives(played_by(user, *MEMBERS)),
            models.Q(pk__in=in_plans.ids("activity")),
            models.Q(models.Exists(working), initiative=None),
        )


def check_completion_rule(rule: str, pass_score: Decimal | None) -> None:
    """Raise ValidationError unless the rule that needs a score has one, and no other."""
    needs_score = rule == LearningActivity.CompletionRule.SCORE
    if needs_score and pass_score is None:
        raise ValidationError({"pass_score": _("Give the score that is needed.")})
    if not needs_score and pass_score is not None:
        raise ValidationError({"pass_score": _("Only the rule for a score takes one.")})


class LearningActivity(Versioned):
    """Something to learn from; without an initiative it belongs to the shared library."""

    class CompletionRule(models.TextChoices):
        ATTEST = "attest", _("the person says so")
        EVIDENCE = "evidence", _("the person hands something in, and somebody confirms it")
        SIGN_OFF = "sign_off", _("the coach, the manager or the lead confirms it")
        ATTENDANCE = "attendance", _("somebody records that the person was at a session")
        SCORE = "score", _("another system reports a score that is high enough")
        EXTERNAL = "external", _("another system reports it")

    #: Rules by which the person hands something in, or says that they are ready, and somebody else
    #: decides.
    VERIFIED = (CompletionRule.EVIDENCE, CompletionRule.SIGN_OFF)
    #: Rules by which somebody's word is enough for people who cannot sign in to give theirs.
    SAID = (CompletionRule.ATTEST, CompletionRule.SIGN_OFF)

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.ForeignKey(
        ActivityKind,
        verbose_name=_("kind"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    topics = models.ManyToManyField(
        Technique, verbose_name=_("topics"), blank=True, related_name="activities"
    )
    body = models.TextField(_("text, in Markdown"), blank=True)
    url = models.URLField(_("link"), blank=True, validators=[web_address])
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    activity_version = models.PositiveIntegerField(_("version of the content"), default=1)
    completion_rule = models.CharField(
        _("counts as done when"),
        max_length=20,
        choices=CompletionRule.choices,
        default=CompletionRule.ATTEST,
    )
    pass_score = models.DecimalField(
        _("score that is needed"), max_digits=7, decimal_places=2, null=True, blank=True
    )

    # Kept with each completion as the day until which it counts: a change is for later ones.
    valid_months = models.PositiveSmallIntegerField(
        _("months that it counts for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_VALID_MONTHS)],
        help_text=_("Empty: it counts for good."),
    )

    objects = LearningActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    completion_rule__in=[
                        "attest",
                        "evidence",
                        "sign_off",
                        "attendance",
                        "score",
                        "external",
                    ]
                ),
                name="ct_activity_completion_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(completion_rule="score", pass_score__isnull=False)
                | (~models.Q(completion_rule="score") & models.Q(pass_score=None)),
                name="ct_activity_pass_score",
                violation_error_message=_("A score is needed for the rule about scores only."),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_months=None)
                | models.Q(valid_months__range=(1, MAX_VALID_MONTHS)),
                name="ct_activity_valid_months",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_scope(self) -> str:
        """The history of the initiative; none for the shared library."""
        return f"initiative:{self.initiative_id}" if self.initiative_id else ""
