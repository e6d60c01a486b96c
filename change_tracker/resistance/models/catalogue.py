"""The catalogue: kinds of resistance, ways to answer it, behaviours to learn. Data, by packs."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import (
    EVERYTHING,
    M,
    Roles,
    User,
    VisibleQuerySet,
    any_of,
    key_of,
    roles_of,
    when,
)
from change_tracker.core.models import Versioned
from change_tracker.initiatives.models import MEMBERS, InitiativeMember
from change_tracker.people.models import ReportingLine


class CatalogueQuerySet(VisibleQuerySet[M]):
    """Read by everyone who leads people or works in an initiative; kept by site staff."""

    def readable(self, user: User, roles: Roles) -> models.Q:
        involved = models.Exists(
            InitiativeMember.objects.filter(person__user_id=key_of(user), role__in=MEMBERS)
        )
        leads_people = models.Exists(ReportingLine.objects.filter(manager__user_id=key_of(user)))
        known = roles.site_admin or roles.manages_people or roles.opens_initiatives
        return any_of(when(known, EVERYTHING), models.Q(involved), models.Q(leads_people))

    def writable(self, user: User, roles: Roles) -> models.Q:
        return when(roles.site_admin)

    def may_create(self, user: User, values: dict[str, Any]) -> bool:
        return roles_of(user).site_admin


class CataloguePack(models.Model):
    """A set of catalogue entries that was loaded, in one version."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    pack_version = models.PositiveIntegerField(_("version of the pack"))
    loaded_at = models.DateTimeField(_("loaded at"))

    objects = CatalogueQuerySet["CataloguePack"].as_manager()

    class Meta:
        verbose_name = _("catalogue pack")
        verbose_name_plural = _("catalogue packs")
        ordering = ["slug"]

    def __str__(self) -> str:
        return f"{self.slug} {self.pack_version}"


class CatalogueEntry(Versioned):
    """What all entries share. `loaded_digest` is of the text as loaded: it tells local edits."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    label = models.CharField(_("label"), max_length=200)
    provenance = models.JSONField(_("where it comes from"), default=list, blank=True)
    pack = models.ForeignKey(
        CataloguePack,
        verbose_name=_("pack"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class SourceCategory(CatalogueEntry):
    """One of the families that kinds of resistance are grouped in."""

    objects = CatalogueQuerySet["SourceCategory"].as_manager()

    class Meta:
        verbose_name = _("category of sources")
        verbose_name_plural = _("categories of sources")
        ordering = ["id"]


class ReadinessStage(models.TextChoices):
    """The step at which a person is held up."""

    AWARENESS = "awareness", _("awareness")
    WILLINGNESS = "willingness", _("willingness")
    KNOWLEDGE = "knowledge", _("knowledge")
    ABILITY = "ability", _("ability")
    REINFORCEMENT = "reinforcement", _("reinforcement")


class ActionKind(models.TextChoices):
    """What sort of work a mitigation action is."""

    COMMUNICATION = "communication", _("communication")
    LEADERSHIP = "leadership", _("leadership")
    TRAINING = "training", _("training")
    COACHING = "coaching", _("coaching")
    RECOGNITION = "recognition", _("recognition")
    RESOURCES = "resources", _("resources")
    TOOLS = "tools", _("tools")
    COLLABORATION = "collaboration", _("collaboration")
    EXPERIMENT = "experiment", _("experiment")


class Basis(models.TextChoices):
    """Whether the source text says so itself, or we propose it."""

    STATED = "stated", _("stated in the chapters")
    PROPOSED = "proposed", _("proposed")


class StrategyType(CatalogueEntry):
    """A way to answer resistance."""

    action_kind = models.CharField(_("kind of action"), max_length=20, choices=ActionKind.choices)

    objects = CatalogueQuerySet["StrategyType"].as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action_kind__in=ActionKind.values), name="ct_strategy_kind"
            ),
        ]


class TechniqueKind(models.TextChoices):
    """What sort of technique it is."""

    BEHAVIOUR = "behaviour", _("behaviour towards customers")
    TOPIC = "topic", _("topic to learn")
    LEARNING = "learning", _("habit of learning")


class Technique(CatalogueEntry):
    """A behaviour or a topic to learn."""

    kind = models.CharField(_("kind"), max_length=20, choices=TechniqueKind.choices)

    objects = CatalogueQuerySet["Technique"].as_manager()

    class Meta:
        verbose_name = _("technique")
        verbose_name_plural = _("techniques")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=TechniqueKind.values), name="ct_technique_kind"
            ),
        ]


#: The kind of resistance that comes from how it went before; it asks for last time and this time.
PAST_EXPERIENCES = "negative-past-experiences"


class SourceType(CatalogueEntry):
    """A kind of resistance, with the signs by which one observes it."""

    category = models.ForeignKey(
        SourceCategory,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        related_name="source_types",
    )
    readiness_stage = models.CharField(
        _("readiness stage"), max_length=20, choices=ReadinessStage.choices
    )
    signs = models.TextField(_("signs that one can observe"), blank=True)
    for_people = models.TextField(
        _("in words for people"),
        blank=True,
        help_text=_(
            "A sentence that everybody reads who is given training against it: what it is meant to "
            "help with. Nothing of who said what; without it nothing is said."
        ),
    )
    strategies = models.ManyToManyField(
        StrategyType,
        verbose_name=_("strategies that answer it"),
        through="Recommendation",
        related_name="source_types",
    )
    techniques = models.ManyToManyField(
        Technique,
        verbose_name=_("techniques that help"),
        through="TechniqueSuggestion",
        related_name="source_types",
    )

    objects = CatalogueQuerySet["SourceType"].as_manager()

    class Meta:
        verbose_name = _("kind of resistance")
        verbose_name_plural = _("kinds of resistance")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(readiness_stage__in=ReadinessStage.values),
                name="ct_source_type_stage",
            ),
        ]

    @property
    def asks_last_time(self) -> bool:
        """Whether one says what went wrong last time, and what is different this time."""
        return self.slug == PAST_EXPERIENCES


class Recommendation(models.Model):
    """A strategy that answers a kind of resistance."""

    source_type = models.ForeignKey(
        SourceType,
        verbose_name=_("kind of resistance"),
        on_delete=models.CASCADE,
        related_name="recommendations",
    )
    strategy = models.ForeignKey(
        StrategyType,
        verbose_name=_("strategy"),
        on_delete=models.PROTECT,
        related_name="recommendations",
    )
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "strategy"], name="ct_recommendation_once"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=Basis.values), name="ct_recommendation_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_type}: {self.strategy}"


class TechniqueSuggestion(models.Model):
    """A technique that helps against a kind of resistance."""

    source_type = models.ForeignKey(
        SourceType,
        verbose_name=_("kind of resistance"),
        on_delete=models.CASCADE,
        related_name="technique_suggestions",
    )
    technique = models.ForeignKey(
        Technique, verbose_name=_("technique"), on_delete=models.PROTECT, related_name="suggestions"
    )
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)

    class Meta:
        verbose_name = _("suggested technique")
        verbose_name_plural = _("suggested techniques")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["source_type", "technique"], name="ct_suggestion_once"),
            models.CheckConstraint(
                condition=models.Q(basis__in=Basis.values), name="ct_suggestion_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_type}: {self.technique}"
