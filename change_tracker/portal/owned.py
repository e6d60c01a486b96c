"""The open actions that the caller owns, over all initiatives."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from change_tracker.core.access import User
from change_tracker.core.chips import Chip, due_chip
from change_tracker.mitigation.blocks import ANSWERED, with_block
from change_tracker.mitigation.models import MitigationAction

MOST_OWNED = 5


@dataclass(frozen=True, slots=True)
class Owned:
    """One action that waits for its owner; `is_answered`: what blocks it has an answer."""

    action: MitigationAction
    chip: Chip
    is_answered: bool


def owned_actions(user: User, today: date) -> tuple[Owned, ...]:
    """The first five by date. One query."""
    mine = with_block(MitigationAction.objects.open().own(user))
    first = mine.select_related("initiative").order_by(F("due_on").asc(nulls_last=True), "pk")
    return tuple(
        Owned(each, due_chip(each.due_on, today), _is_answered(each)) for each in first[:MOST_OWNED]
    )


def _is_answered(action: Any) -> bool:
    return bool(action.state == action.State.BLOCKED and action.block_told == ANSWERED)
