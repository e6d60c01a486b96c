"""Which initiative applied which playbook, and what each of its lines has become there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.initiatives.models import InitiativeChild, InitiativeChildQuerySet
from change_tracker.mitigation.models import MitigationAction
from change_tracker.playbooks.models.templates import Playbook
from change_tracker.training.models import PlanItem, TrainingPlan


class PlaybookUseQuerySet(InitiativeChildQuerySet["PlaybookUse"]):
    """Read by who works in the initiative: what was applied tells what is expected there."""

    admin_writes = False


class PlaybookUse(InitiativeChild):
    """A playbook that an initiative applied, and the version that it has of it."""

    playbook = models.ForeignKey(
        Playbook, verbose_name=_("playbook"), on_delete=models.PROTECT, related_name="uses"
    )
    taken_version = models.PositiveIntegerField(_("version that was applied"))
    taken_on = models.DateField(_("applied on"))
    plan = models.ForeignKey(
        TrainingPlan,
        verbose_name=_("training plan"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PlaybookUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a playbook")
        verbose_name_plural = _("uses of playbooks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "playbook"], name="ct_playbook_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook} {self.taken_version}"


class PlaybookStep(models.Model):
    """What one line has become. Without an action or an item: somebody deleted it since.

    The digests tell, at the next version, what was changed there and what was edited here.
    """

    class Kind(models.TextChoices):
        ACTION = "action", _("action")
        ITEM = "item", _("activity")

    use = models.ForeignKey(
        PlaybookUse, verbose_name=_("use"), on_delete=models.CASCADE, related_name="steps"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    slug = models.SlugField(_("short name"), max_length=80)
    action = models.ForeignKey(
        MitigationAction,
        verbose_name=_("action"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    item = models.ForeignKey(
        PlanItem, verbose_name=_("item"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of actions only: what is counted from go-live, and the date that it came to here. As long as
    # the action has that date, nobody chose another one, and it moves with go-live.
    days = models.SmallIntegerField(_("days from go-live"), null=True)
    given_on = models.DateField(_("date that was given"), null=True)
    # The same for the day on which a tool is evaluated again.
    again_days = models.SmallIntegerField(_("days until it is evaluated again"), null=True)
    again_given_on = models.DateField(_("day of evaluation that was given"), null=True)
    line_digest = models.CharField(_("digest of the line"), max_length=64)
    # Of actions only: what is in a plan stays as people have it.
    row_digest = models.CharField(_("digest of what was made"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a playbook")
        verbose_name_plural = _("steps of playbooks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["use", "kind", "slug"], name="ct_playbook_step_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["action", "item"]), name="ct_playbook_step_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.slug
