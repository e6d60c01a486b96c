"""What an action of a certain kind says of its own, as far as it can be said beforehand.

What came of it (how often it was done, what happened, when a tool was evaluated) belongs to the
action alone. Units are those of this site: a playbook that is saved here names them, a pack cannot.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.mitigation.kinds import Channel
from change_tracker.people.models import OrgUnit
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.training.models.dues import MAX_DUE_DAYS

#: The fields of each kind that has any.
INTENDED: Mapping[str, tuple[str, ...]] = {
    ActionKind.COMMUNICATION: ("sender", "channel", "message"),
    ActionKind.COACHING: ("times_planned",),
    ActionKind.RECOGNITION: ("times_planned",),
    ActionKind.TOOLS: ("again_days",),
    ActionKind.COLLABORATION: ("units",),
    ActionKind.EXPERIMENT: ("tried", "expected"),
}
#: All of them but the units, in the order in which they are shown.
COLUMNS = ("sender", "channel", "message", "times_planned", "again_days", "tried", "expected")
#: Those that an action has under the same name.
SAME = tuple(name for name in COLUMNS if name != "again_days")
SENDER_LENGTH = 200
MOST_TIMES = 32_767


class IntendedFields(models.Model):
    """The columns of those fields."""

    sender = models.CharField(_("who says it"), max_length=SENDER_LENGTH, blank=True)
    channel = models.CharField(
        _("channel"), max_length=20, choices=Channel.choices, blank=True, default=""
    )
    message = models.TextField(_("message"), blank=True)
    times_planned = models.PositiveSmallIntegerField(
        _("how often it is planned"), null=True, blank=True
    )
    again_days = models.SmallIntegerField(
        _("days from go-live until it is evaluated again"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-MAX_DUE_DAYS), MaxValueValidator(MAX_DUE_DAYS)],
    )
    tried = models.TextField(_("what is tried"), blank=True)
    expected = models.TextField(_("what is expected"), blank=True)
    units = models.ManyToManyField(
        OrgUnit, verbose_name=_("units that work together"), blank=True, related_name="+"
    )

    class Meta:
        abstract = True


def foreign_in(kind: str, values: Mapping[str, Any]) -> Iterator[str]:
    """The names of filled fields that actions of `kind` do not have."""
    own = INTENDED.get(kind, ())
    for name in (*COLUMNS, "units"):
        if name not in own and values.get(name) not in ("", None, []):
            yield name
