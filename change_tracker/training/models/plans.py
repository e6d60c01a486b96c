"""Training plans: ordered activities, and the rules that assign them to groups."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import M, Roles, User, any_of, roles_of, when
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import (
    InitiativeChild,
    InitiativeChildQuerySet,
    Role,
    played_by,
)
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Audience, oneself_or_team, team_of
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models.activities import LearningActivity, deletable_in
from change_tracker.training.models.dues import WithDueRule, due_rule_holds


class TrainingPlanQuerySet(InitiativeChildQuerySet["TrainingPlan"]):
    hr_reads = True
    hr_writes = True

    def deletable_by(self, user: User) -> "TrainingPlanQuerySet":
        """Lead and site admin; HR creates and changes only."""
        return self.filter(deletable_in(self, user))

    def assignable_by(self, user: User) -> "TrainingPlanQuerySet":
        """Those that `user` may give to people: lead and HR."""
        led = self.in_initiatives(played_by(user, Role.LEAD))
        return self.filter(any_of(when(roles_of(user).manages_people), led))

    def had_by_team_of(self, user: User) -> "TrainingPlanQuerySet":
        """Those that people who report to `user` are or were enrolled in."""
        return self.filter(pk__in=plans_of(team_of(user)))

    def published(self) -> "TrainingPlanQuerySet":
        """Those that people can be assigned to."""
        return self.filter(state=TrainingPlan.State.PUBLISHED)

    def readable(self, user: User, roles: Roles) -> models.Q:
        return any_of(super().readable(user, roles), models.Q(pk__in=assigned_plans(user)))


class TrainingPlan(InitiativeChild, Versioned):
    """Ordered activities that answer named resistances or carry out an action."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    title = models.CharField(_("title"), max_length=200)
    sources = models.ManyToManyField(
        ResistanceSource, verbose_name=_("resistance it answers"), blank=True, related_name="plans"
    )
    action = models.ForeignKey(
        MitigationAction,
        verbose_name=_("action it carries out"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plans",
    )
    is_sequential = models.BooleanField(
        _("one after the other"),
        default=False,
        help_text=_("An activity opens when every required one before it is done."),
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    # The days of the news: NULL where there were none yet.
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)
    revised_on = models.DateField(_("revised on"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False
    )

    objects = TrainingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("training plan")
        verbose_name_plural = _("training plans")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "published", "archived"]),
                name="ct_plan_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanChildQuerySet(InitiativeChildQuerySet[M]):
    path = "plan__initiative"
    hr_reads = True
    hr_writes = True

    def deletable_by(self, user: User) -> "PlanChildQuerySet[M]":
        """Lead and site admin; HR creates and changes only."""
        return self.filter(deletable_in(self, user))

    def assignable_by(self, user: User) -> "PlanChildQuerySet[M]":
        """Of plans that `user` may give to people."""
        return self.filter(plan__in=TrainingPlan.objects.assignable_by(user).ids())

    def readable(self, user: User, roles: Roles) -> models.Q:
        return models.Q(plan__in=TrainingPlan.objects.visible_to(user).ids())


class PlanItemQuerySet(PlanChildQuerySet["PlanItem"]):
    def in_force(self) -> "PlanItemQuerySet":
        """Those that the plan asks for today; what a revision took out is kept for its records."""
        return self.filter(removed_on=None)


class PlanItem(WithDueRule, Versioned):
    """One activity in a plan. Its own due rule, where it has one, wins over the group's."""

    plan = models.ForeignKey(
        TrainingPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="items"
    )
    activity = models.ForeignKey(
        LearningActivity,
        verbose_name=_("activity"),
        on_delete=models.PROTECT,
        related_name="plan_items",
    )
    position = models.PositiveIntegerField(_("position"), default=1)
    is_required = models.BooleanField(_("required"), default=True)
    # A revision took it out: nobody new gets it, and what was done of it stays.
    removed_on = models.DateField(_("no longer in the plan from"), null=True, editable=False)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a plan")
        verbose_name_plural = _("items of plans")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "activity"], name="ct_item_once"),
            models.CheckConstraint(condition=due_rule_holds(), name="ct_item_due_rule"),
        ]

    def __str__(self) -> str:
        return str(self.activity)

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.plan.audit_scope


class OnLeave(models.TextChoices):
    """What becomes of the unfinished work of somebody who leaves the group."""

    WITHDRAW = "withdraw", _("it is withdrawn")
    KEEP = "keep", _("they keep it")


class PlanAudience(WithDueRule, Versioned):
    """The assignment rule: this group gets this plan, due by this rule."""

    plan = models.ForeignKey(
        TrainingPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="audiences"
    )
    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), on_delete=models.PROTECT, related_name="+"
    )
    on_leave = models.CharField(
        _("who leaves the group"), max_length=20, choices=OnLeave.choices, default=OnLeave.WITHDRAW
    )
    # NULL until the rule was first carried out; from then on the people who join follow it.
    first_assigned_on = models.DateField(_("first assigned on"), null=True, editable=False)
    # Another value than `version`: the rule was edited since, and the next run sets new dates.
    carried_out_version = models.PositiveIntegerField(
        _("version last carried out"), null=True, editable=False
    )

    objects = PlanChildQuerySet["PlanAudience"].as_manager()

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "audience"], name="ct_plan_audience_once"),
            models.CheckConstraint(condition=due_rule_holds(), name="ct_plan_audience_due_rule"),
            models.CheckConstraint(
                condition=models.Q(on_leave__in=["withdraw", "keep"]),
                name="ct_plan_audience_on_leave",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.audience}"

    def was_edited_since(self) -> bool:
        """Whether the rule was edited after it was last carried out."""
        return self.first_assigned_on is not None and self.carried_out_version != self.version

    @property
    def audit_scope(self) -> str:
        """The history of the initiative."""
        return self.plan.audit_scope


def assigned_plans(user: User) -> Any:
    """Subquery: plans that the user, or somebody of their team, is or was enrolled in."""
    return plans_of(oneself_or_team(user))


def plans_of(people: Any) -> Any:
    """Subquery: plans that one of `people`, a set of keys, is or was enrolled in."""
    from change_tracker.training.models.enrolments import Enrolment

    return Enrolment.objects.filter(person__in=people).ids("plan")
