"""When people are written to about what is due: a list of steps, for the site or a part of it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.access import Roles, User, VisibleQuerySet
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import AGENTS, Initiative, InitiativeChildQuerySet, Role
from change_tracker.training.models import DueUnit, TrainingPlan

#: A year: what is further away is a typing mistake.
MAX_STEP_DAYS = 365


class ReminderPolicyQuerySet(InitiativeChildQuerySet["ReminderPolicy"]):
    """Leads keep those of their initiatives, site admins all; that of the site is of no lead."""

    readers = (Role.LEAD, *AGENTS, Role.SPONSOR)
    hr_reads = True


class ReminderPolicy(Versioned):
    """All steps for one part of the site; where a part has none of its own, the next one counts:
    that of the plan, of the initiative, of the site, and last the one that we bring.
    """

    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="reminder_policies",
        help_text=_("Empty: for the whole site."),
    )
    plan = models.ForeignKey(
        TrainingPlan,
        verbose_name=_("training plan"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="reminder_policies",
        help_text=_("Empty: for every plan of the initiative, and for its actions and reviews."),
    )
    # What it is for as one word, so that each part of the site has one: NULLs are never the same.
    part = models.CharField(_("part of the site"), max_length=40, unique=True, editable=False)

    # Rises with its steps.
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    objects = ReminderPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder policy")
        verbose_name_plural = _("reminder policies")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(plan=None) | models.Q(initiative__isnull=False),
                name="ct_policy_plan_in_initiative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.plan or self.initiative or _("The whole site"))

    def clean(self) -> None:
        """For forms, which would name the constraint."""
        super().clean()
        check_part(self.initiative, self.plan)

    @property
    def audit_scope(self) -> str:
        """The history of the initiative; none for that of the site."""
        return f"initiative:{self.initiative_id}" if self.initiative_id else ""


class ReminderStepQuerySet(VisibleQuerySet["ReminderStep"]):
    def readable(self, user: User, roles: Roles) -> models.Q:
        """Whoever reads the policy."""
        return models.Q(policy__in=ReminderPolicy.objects.visible_to(user).ids())

    def writable(self, user: User, roles: Roles) -> models.Q:
        """Whoever changes the policy."""
        return models.Q(policy__in=ReminderPolicy.objects.changeable_by(user).ids())


class ReminderStep(models.Model):
    """One occasion to write: so long before or after a day, to one kind of person."""

    class About(models.TextChoices):
        TRAINING = "training", _("training, by its due date")
        ACTION = "action", _("an action, by its due date")
        REVIEW = "review", _("a resistance, by the day to look again")
        READING = "reading", _("an objective, by its last reading")

    class Moment(models.TextChoices):
        BEFORE = "before", pgettext_lazy("of a day", "before")
        AFTER = "after", pgettext_lazy("of a day", "after")

    class To(models.TextChoices):
        SELF = "self", _("the person whose work it is")
        MANAGER = "manager", _("their manager")
        LEAD = "lead", _("the change leads")
        SPONSOR = "sponsor", _("the sponsors")

    class OnDoubt(models.TextChoices):
        RESEND = "resend", _("send it again")
        HOLD = "hold", _("wait for a person")

    policy = models.ForeignKey(
        ReminderPolicy, verbose_name=_("policy"), on_delete=models.CASCADE, related_name="steps"
    )
    about = models.CharField(
        _("about"), max_length=10, choices=About.choices, default=About.TRAINING
    )
    days = models.PositiveSmallIntegerField(
        _("number of days"), validators=[MaxValueValidator(MAX_STEP_DAYS)]
    )
    unit = models.CharField(_("unit"), max_length=20, choices=DueUnit.choices, default=DueUnit.DAYS)
    moment = models.CharField(
        _("before or after"), max_length=10, choices=Moment.choices, default=Moment.BEFORE
    )
    to = models.CharField(
        pgettext_lazy("recipient", "to"), max_length=10, choices=To.choices, default=To.SELF
    )
    on_doubt = models.CharField(
        _("when nobody knows whether the mail left"),
        max_length=10,
        choices=OnDoubt.choices,
        default=OnDoubt.RESEND,
    )

    objects = ReminderStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a reminder policy")
        verbose_name_plural = _("steps of reminder policies")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "about", "days", "unit", "moment", "to"], name="ct_step_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    about__in=["training", "action", "review", "reading"],
                    days__lte=MAX_STEP_DAYS,
                    unit__in=["days", "working_days"],
                    moment__in=["before", "after"],
                    to__in=["self", "manager", "lead", "sponsor"],
                    on_doubt__in=["resend", "hold"],
                ),
                name="ct_step_values",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.days} {self.unit} {self.moment} {self.to}"

    def clean(self) -> None:
        """For forms: a step that could never come is refused."""
        super().clean()
        check_step(self.about, self.moment, self.to)


def check_part(initiative: Initiative | None, plan: TrainingPlan | None) -> None:
    """Raise ValidationError, by field, for a plan without its initiative."""
    if plan is not None and initiative is None:
        raise ValidationError({"initiative": _("Name the initiative of the plan as well.")})
    if plan is not None and initiative is not None and plan.initiative_id != initiative.pk:
        raise ValidationError({"plan": _("This plan belongs to another initiative.")})


def check_step(about: str, moment: str, to: str) -> None:
    """Raise ValidationError, by field, for a step that could never come."""
    is_reading = about == ReminderStep.About.READING
    if is_reading and moment == ReminderStep.Moment.BEFORE:
        raise ValidationError(
            {"moment": _("An objective is asked about after its last reading, never before.")}
        )
    if is_reading and to == ReminderStep.To.SELF:
        raise ValidationError({"to": _("Nobody owns an objective: choose leads or sponsors.")})
    if to == ReminderStep.To.MANAGER and about != ReminderStep.About.TRAINING:
        raise ValidationError({"to": _("Managers are told of training only.")})
