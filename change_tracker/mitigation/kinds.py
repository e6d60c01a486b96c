"""What an action of a certain kind says beside what every action says: columns of its row."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.people.models import OrgUnit
from change_tracker.resistance.models.catalogue import ActionKind

#: The fields of each kind that has any; they are empty in actions of other kinds.
OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    ActionKind.COMMUNICATION: ("sender", "channel", "message"),
    ActionKind.COACHING: ("times_planned", "times_done"),
    ActionKind.RECOGNITION: ("times_planned", "times_done"),
    ActionKind.TOOLS: ("evaluated_on", "evaluate_again_on"),
    ActionKind.COLLABORATION: ("units",),
    ActionKind.EXPERIMENT: ("tried", "expected", "happened", "learnt"),
}
#: Every one of them, with what it holds where the kind has no such field.
EMPTY: Mapping[str, Any] = {
    "sender": "",
    "channel": "",
    "message": "",
    "times_planned": None,
    "times_done": 0,
    "evaluated_on": None,
    "evaluate_again_on": None,
    "units": [],
    "tried": "",
    "expected": "",
    "happened": "",
    "learnt": "",
}
#: Silos are broken down between units, so one alone is none of it.
FEWEST_UNITS = 2


class Channel(models.TextChoices):
    """How something is said to people."""

    MEETING = "meeting", _("meeting for everybody")
    TEAM = "team", _("talk in the team")
    PERSONAL = "personal", _("talk in person")
    MAIL = "mail", _("mail")
    INTRANET = "intranet", _("intranet")
    CHAT = "chat", _("chat")
    VIDEO = "video", _("video")
    PRINT = "print", _("poster or letter")
    OTHER = "other", _("another way")


class OwnFields(models.Model):
    """The fields of the kinds; the constraints keep each to its kind."""

    sender = models.CharField(_("who says it"), max_length=200, blank=True)
    channel = models.CharField(
        _("channel"), max_length=20, choices=Channel.choices, blank=True, default=""
    )
    message = models.TextField(_("message"), blank=True)
    times_planned = models.PositiveSmallIntegerField(
        _("how often it is planned"), null=True, blank=True
    )
    times_done = models.PositiveSmallIntegerField(_("how often it was done"), default=0)
    evaluated_on = models.DateField(_("last evaluated on"), null=True, blank=True)
    evaluate_again_on = models.DateField(_("evaluate again on"), null=True, blank=True)
    units = models.ManyToManyField(
        OrgUnit, verbose_name=_("units that work together"), blank=True, related_name="+"
    )
    tried = models.TextField(_("what is tried"), blank=True)
    expected = models.TextField(_("what is expected"), blank=True)
    happened = models.TextField(pgettext_lazy("experiment", "what happened"), blank=True)
    learnt = models.TextField(_("what was learnt"), blank=True)

    class Meta:
        abstract = True


def own_constraints() -> Iterator[models.CheckConstraint]:
    """No action holds what only another kind has."""
    for name, *kinds in (
        ("communication", ActionKind.COMMUNICATION),
        ("times", ActionKind.COACHING, ActionKind.RECOGNITION),
        ("evaluation", ActionKind.TOOLS),
        ("experiment", ActionKind.EXPERIMENT),
    ):
        empty = Q(**{field: EMPTY[field] for field in OWN_FIELDS[kinds[0]]})
        condition = Q(kind__in=kinds) | empty
        yield models.CheckConstraint(
            condition=condition,
            name=f"ct_action_{name}",
            violation_error_message=_("Actions of another kind do not have these fields."),
        )
    yield models.CheckConstraint(
        condition=Q(channel__in=["", *Channel.values]), name="ct_action_channel"
    )
    yield models.CheckConstraint(
        condition=Q(evaluated_on=None)
        | Q(evaluate_again_on=None)
        | Q(evaluate_again_on__gt=models.F("evaluated_on")),
        name="ct_action_evaluated",
        violation_error_message=_("Evaluate it again on a day after the last evaluation."),
    )


def foreign_to(kind: str) -> dict[str, Any]:
    """The fields that `kind` does not have, with the empty values that they take in it."""
    return {name: value for name, value in EMPTY.items() if name not in OWN_FIELDS.get(kind, ())}
