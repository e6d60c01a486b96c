"""States as shape, colour and words: what `parts/chip.html` draws; no queries."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from change_tracker.core.text import due_words

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in words; `kind` (done, late, soon or none) chooses shape and colour."""

    words: str
    kind: str = ""


def due_chip(due_on: date | None, today: date) -> Chip:
    """When something is due, and how that looks."""
    if due_on is None:
        return Chip(gettext("No fixed date"))
    days = (due_on - today).days
    kind = "late" if days < 0 else "soon" if days <= SOON_DAYS else ""
    return Chip(due_words(due_on, today), kind)
