"""Due rules: by when work is asked for, as columns with a CHECK."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DueRule(models.TextChoices):
    """How a due date follows."""

    NONE = "", _("no due date")
    FIXED = "fixed", _("on a fixed date")
    ASSIGNED = "assigned", _("after the day of assigning")
    JOINED_GROUP = "joined_group", _("after joining the group")
    HIRED = "hired", _("after the first day at work here")
    BEFORE_GO_LIVE = "before_go_live", _("before go-live")
    GO_LIVE = "go_live", _("after go-live")
    PREVIOUS_ITEM = "previous_item", _("after the activity before it is done")


class DueUnit(models.TextChoices):
    """What a rule counts."""

    DAYS = "days", pgettext_lazy("unit", "days")
    WORKING_DAYS = "working_days", pgettext_lazy("unit", "working days")


class Moved(models.TextChoices):
    """Why a date is not the one that the rule says."""

    PAST = "past", _("the date had passed")
    TOO_SOON = "too_soon", _("less than a day for each activity")


#: Ten years: more is a typing mistake, and a date far beyond would not be one.
MAX_DUE_DAYS = 3650
#: Rules that count days from some day.
COUNTING = (
    "assigned",
    "joined_group",
    "hired",
    "before_go_live",
    "go_live",
    "previous_item",
)
#: Of these, the rules that go along when go-live moves, and that may name the day itself.
FROM_GO_LIVE = ("before_go_live", "go_live")


class WithDueRule(models.Model):
    """The due rule as columns: a date for `fixed`, a number of days and their unit for the rest."""

    due_rule = models.CharField(
        _("due"), max_length=20, choices=DueRule.choices, blank=True, default=DueRule.NONE
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveIntegerField(
        _("number of days"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_DUE_DAYS)],
    )
    # Says nothing where the rule has no days.
    due_unit = models.CharField(
        _("unit"), max_length=20, choices=DueUnit.choices, default=DueUnit.DAYS
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """For forms: the rule is complete and has nothing too much."""
        super().clean()
        check_due_rule(self.due_rule, self.due_on, self.due_days)


class WithKeptDue(models.Model):
    """By when one piece of work is due, and the rule that this came from."""

    # NULL without a rule, and while the day that the rule counts from is not known.
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_rule = models.CharField(
        _("due by the rule"), max_length=20, choices=DueRule.choices, blank=True
    )
    due_days = models.PositiveIntegerField(_("number of days"), null=True, blank=True)
    due_unit = models.CharField(
        _("unit"), max_length=20, choices=DueUnit.choices, default=DueUnit.DAYS
    )
    due_moved = models.CharField(
        _("why the date moved"), max_length=20, choices=Moved.choices, blank=True
    )
    due_revision = models.PositiveIntegerField(_("revision of the date"), default=1)

    class Meta:
        abstract = True


def check_due_rule(due_rule: str, due_on: date | None, due_days: int | None) -> None:
    """Raise ValidationError, by field, unless the rule has what it needs and nothing else."""
    problems: dict[str, Any] = {}
    if due_rule == DueRule.FIXED and due_on is None:
        problems["due_on"] = _("Say on which date it is due.")
    if due_rule != DueRule.FIXED and due_on is not None:
        problems["due_on"] = _("Only the rule “on a fixed date” takes a date.")
    least = fewest_days(due_rule)
    if due_rule in COUNTING and (due_days is None or not least <= due_days <= MAX_DUE_DAYS):
        problems["due_days"] = _("Say how many days, from %(least)s to %(most)s.") % {
            "least": least,
            "most": MAX_DUE_DAYS,
        }
    if due_rule not in COUNTING and due_days is not None:
        problems["due_days"] = _("This rule counts no days: leave the number empty.")
    if problems:
        raise ValidationError(problems)


def fewest_days(due_rule: str) -> int:
    """The least number that a counting rule takes."""
    return 0 if due_rule in FROM_GO_LIVE else 1


def due_rule_holds() -> models.Q:
    """The CHECK of `WithDueRule`."""
    # A NULL would pass its range, which is then unknown and not false: hence `isnull`.
    counts = models.Q(due_on=None, due_days__isnull=False)
    return models.Q(due_unit__in=["days", "working_days"]) & (
        models.Q(due_rule="", due_on=None, due_days=None)
        | models.Q(due_rule="fixed", due_on__isnull=False, due_days=None)
        | (counts & models.Q(due_rule__in=COUNTING, due_days__range=(1, MAX_DUE_DAYS)))
        | (counts & models.Q(due_rule__in=FROM_GO_LIVE, due_days=0))
    )
