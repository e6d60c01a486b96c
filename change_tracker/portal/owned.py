"""The open actions that the caller owns, over all initiatives."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from change_tracker.core.access import User
from change_tracker.core.chips import Chip, due_chip
from change_tracker.mitigation.models import MitigationAction

MOST_OWNED = 5


@dataclass(frozen=True, slots=True)
class Owned:
    """One action that waits for its owner."""

    action: MitigationAction
    chip: Chip


def owned_actions(user: User, today: date) -> tuple[Owned, ...]:
    """The first five by date. One query."""
    mine = MitigationAction.objects.open().own(user)
    first = mine.select_related("initiative").order_by(F("due_on").asc(nulls_last=True), "pk")
    return tuple(Owned(each, due_chip(each.due_on, today)) for each in first[:MOST_OWNED])
