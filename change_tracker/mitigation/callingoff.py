"""Calling off, together, what is still open: what it does, and doing it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import MoveRefusedError
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.states import ACTION
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.signals import action_closed, announce


@dataclass(frozen=True, slots=True)
class Reach:
    """Keys of the actions that a call would end, and of those that it would leave alone."""

    reached: Sequence[int]
    left_out: Sequence[int]


def reach_of(initiative: Initiative, actions: Collection[int]) -> Reach:
    """Which of `actions` are open in `initiative`; what else is named is left out. One query."""
    rows = MitigationAction.objects.open().filter(initiative=initiative, pk__in=actions)
    reached = list(rows.order_by("pk").values_list("pk", flat=True))
    return Reach(reached, sorted(set(actions) - set(reached)))


def effects_of_calling_off(initiative: Initiative, actions: Collection[int]) -> list[str]:
    """What ending `actions`, which are open, does, in words; one query."""
    number = len(actions)
    said = ngettext(
        "%(number)s action is called off. Nothing brings it back.",
        "%(number)s actions are called off. Nothing brings them back.",
        number,
    )
    effects = [said % {"number": number}]
    through = MitigationAction.sources.through.objects
    of_entry = through.filter(resistancesource=OuterRef("pk"))
    goes_on = MitigationAction.objects.open().exclude(pk__in=actions)
    alone = (
        ResistanceSource.objects.filter(initiative=initiative)
        .exclude(state__in=ENDED_STATES)
        .filter(
            Exists(of_entry.filter(mitigationaction__in=actions)),
            ~Exists(of_entry.filter(mitigationaction__in=goes_on.values("pk"))),
        )
        .count()
    )
    if alone:
        said = ngettext(
            "%(number)s entry of the register has no open action any more.",
            "%(number)s entries of the register have no open action any more.",
            alone,
        )
        effects.append(said % {"number": alone})
    return [*effects, gettext("Their owners are not reminded of them any more.")]


def call_off(
    initiative: Initiative,
    actions: Collection[int],
    *,
    actor: User | None,
    now: datetime,
    reason: str,
) -> list[int]:
    """Cancel those of `actions` that are open in `initiative`; returns their keys.

    Each gets its own line of history with the `reason`, and `action_closed` is sent for each.
    Set-based, in batches. Raises MoveRefusedError without a reason; then nothing ends.
    """
    if not reason.strip():
        raise MoveRefusedError(_("Give a reason."))
    rows = MitigationAction.objects.filter(initiative=initiative, pk__in=actions)
    cancelled = MitigationAction.State.CANCELLED
    with transaction.atomic():
        ended = ACTION.move_many(rows, to=cancelled, actor=actor, now=now, reason=reason)
        for action in MitigationAction.objects.filter(pk__in=ended).order_by("pk"):
            announce(action_closed, MitigationAction, action=action)
    return ended
