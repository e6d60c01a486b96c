"""Playbooks: what worked once, as a template. Actions count their days from go-live."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import M, Roles, User, VisibleQuerySet, any_of
from change_tracker.core.validators import web_address
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.mitigation.kinds import Channel
from change_tracker.playbooks.own import IntendedFields
from change_tracker.resistance.models import (
    CatalogueEntry,
    SourceType,
    StrategyType,
    Technique,
)
from change_tracker.resistance.models.catalogue import ActionKind, CatalogueQuerySet
from change_tracker.training.models import ActivityKind, LearningActivity
from change_tracker.training.models.dues import MAX_DUE_DAYS, WithDueRule, due_rule_holds

CompletionRule = LearningActivity.CompletionRule
#: A score that is needed belongs to the system that reports it, not to a template.
COMPLETION_RULES = [rule for rule in CompletionRule.values if rule != CompletionRule.SCORE]


class PlaybookQuerySet(CatalogueQuerySet["Playbook"]):
    """Read like the catalogue; kept by site staff, and by who leads what it was saved from."""

    def writable(self, user: User, roles: Roles) -> models.Q:
        led = Initiative.objects.with_role(user, Role.LEAD)
        return any_of(super().writable(user, roles), models.Q(saved_from__in=led.ids()))

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        if super().may_create(user, values):
            return True
        initiative = values.get("initiative")
        led = Initiative.objects.with_role(user, Role.LEAD)
        return initiative is not None and led.filter(pk=initiative.pk).exists()


class Playbook(CatalogueEntry, WithDueRule):
    """A template of actions and a training plan. Every change of it is a new version.

    The due rule is that of the plan's groups; without a `plan_title` there is no plan.
    """

    summary = models.TextField(_("when to use it"), blank=True)
    plan_title = models.CharField(_("title of the training plan"), max_length=200, blank=True)
    plan_is_sequential = models.BooleanField(_("one after the other"), default=False)
    saved_from = models.ForeignKey(
        Initiative,
        verbose_name=_("saved from"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PlaybookQuerySet.as_manager()

    class Meta:
        verbose_name = _("playbook")
        verbose_name_plural = _("playbooks")
        ordering = ["label", "id"]
        constraints = [
            models.CheckConstraint(
                condition=due_rule_holds() & models.Q(due_on=None), name="ct_playbook_due_rule"
            ),
        ]


class PlaybookLine(models.Model):
    """What the lines of a playbook share; the slug tells which line a later version has changed."""

    slug = models.SlugField(_("short name"), max_length=80)
    label = models.CharField(_("title"), max_length=200)
    provenance = models.JSONField(_("where it comes from"), default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class PlaybookLineQuerySet(VisibleQuerySet[M]):
    """Lines are read and kept with their playbook."""

    def readable(self, user: User, roles: Roles) -> models.Q:
        return models.Q(playbook__in=Playbook.objects.visible_to(user).ids())

    def writable(self, user: User, roles: Roles) -> models.Q:
        return models.Q(playbook__in=Playbook.objects.changeable_by(user).ids())


class PlaybookAction(PlaybookLine, IntendedFields):
    """An action to plan; its kind is that of its strategy where it has one."""

    playbook = models.ForeignKey(
        Playbook, verbose_name=_("playbook"), on_delete=models.CASCADE, related_name="actions"
    )
    description = models.TextField(_("what exactly"), blank=True)
    strategy = models.ForeignKey(
        StrategyType,
        verbose_name=_("strategy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    action_kind = models.CharField(
        _("kind of action, without a strategy"),
        max_length=20,
        choices=ActionKind.choices,
        blank=True,
    )
    answers = models.ManyToManyField(
        SourceType, verbose_name=_("kinds of resistance that it answers"), related_name="+"
    )
    days = models.SmallIntegerField(
        _("days from go-live"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-MAX_DUE_DAYS), MaxValueValidator(MAX_DUE_DAYS)],
        help_text=_("Below 0 before it, above 0 after it; empty: without a date."),
    )
    minutes = models.PositiveIntegerField(_("minutes asked of each person"), default=0)

    objects = PlaybookLineQuerySet["PlaybookAction"].as_manager()

    class Meta:
        verbose_name = _("action of a playbook")
        verbose_name_plural = _("actions of playbooks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["playbook", "slug"], name="ct_playbook_action_once"),
            models.CheckConstraint(
                condition=models.Q(strategy__isnull=False, action_kind="")
                | models.Q(strategy=None, action_kind__in=ActionKind.values),
                name="ct_playbook_action_kind",
                violation_error_message=_("Name a strategy or a kind of action, not both."),
            ),
            models.CheckConstraint(
                condition=models.Q(days=None) | models.Q(days__range=(-MAX_DUE_DAYS, MAX_DUE_DAYS)),
                name="ct_playbook_action_days",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["", *Channel.values]),
                name="ct_playbook_action_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(again_days=None)
                | models.Q(again_days__range=(-MAX_DUE_DAYS, MAX_DUE_DAYS)),
                name="ct_playbook_action_again",
            ),
        ]

    @property
    def kind(self) -> str:
        """The kind of work that it is."""
        return self.strategy.action_kind if self.strategy else self.action_kind

    @property
    def kind_words(self) -> str:
        """The same in words."""
        return str(ActionKind(self.kind).label)


class PlaybookItem(PlaybookLine, WithDueRule):
    """An activity of the training plan; its own due rule, where it has one, wins."""

    playbook = models.ForeignKey(
        Playbook, verbose_name=_("playbook"), on_delete=models.CASCADE, related_name="items"
    )
    kind = models.ForeignKey(
        ActivityKind,
        verbose_name=_("kind"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    topics = models.ManyToManyField(
        Technique, verbose_name=_("topics"), blank=True, related_name="+"
    )
    body = models.TextField(_("text, in Markdown"), blank=True)
    url = models.URLField(_("link"), blank=True, validators=[web_address])
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    completion_rule = models.CharField(
        _("counts as done when"),
        max_length=20,
        choices=[each for each in CompletionRule.choices if each[0] != CompletionRule.SCORE],
        default=CompletionRule.ATTEST,
    )
    is_required = models.BooleanField(_("required"), default=True)

    objects = PlaybookLineQuerySet["PlaybookItem"].as_manager()

    class Meta:
        verbose_name = _("activity of a playbook")
        verbose_name_plural = _("activities of playbooks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["playbook", "slug"], name="ct_playbook_item_once"),
            models.CheckConstraint(
                condition=due_rule_holds() & models.Q(due_on=None),
                name="ct_playbook_item_due_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(completion_rule__in=COMPLETION_RULES),
                name="ct_playbook_item_completion",
            ),
        ]
