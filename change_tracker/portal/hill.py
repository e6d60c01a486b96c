"""Actions as dots on a hill: up it one finds out, down it one gets it done; no queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import dist

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.text import due_words
from change_tracker.mitigation.models import MitigationAction
from change_tracker.portal.agenda import Chip

#: The two sides of the curve that `parts/hill.html` draws, as cubic Bézier curves.
UP = ((10, 140), (130, 140), (170, 34), (260, 34))
DOWN = ((260, 34), (350, 34), (390, 140), (510, 140))
#: So far apart that two numbers can be told, on a telephone too.
APART = 27.0
MOST_DOTS = 8
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Dot:
    """One action: its number, where it is drawn, and the line of the table that says the same."""

    number: int
    x: int
    y: int
    action: MitigationAction
    phase: str | Promise
    chip: Chip
    is_late: bool


def dots_of(actions: Sequence[MitigationAction], today: date) -> list[Dot]:
    """The dots of `actions`, in their order; those beyond the eighth are left to the list."""
    shown = actions[:MOST_DOTS]
    places = places_of([each.position for each in shown])
    return [
        Dot(
            number=number,
            x=round(x),
            y=round(y),
            action=action,
            phase=phase_of(action.position),
            chip=chip_of(action.due_on, today),
            is_late=bool(action.due_on and action.due_on < today),
        )
        for number, (action, (x, y)) in enumerate(zip(shown, places, strict=True), start=1)
    ]


def phase_of(position: int) -> str | Promise:
    """The side of the hill, in words."""
    return _("finding out") if position < 50 else _("getting it done")


def chip_of(due_on: date | None, today: date) -> Chip:
    """When an action is due, in shape and words."""
    if due_on is None:
        return Chip(str(_("No fixed date")))
    days = (due_on - today).days
    return Chip(
        due_words(due_on, today), "late" if days < 0 else "soon" if days <= SOON_DAYS else ""
    )


def places_of(positions: Iterable[int]) -> list[tuple[float, float]]:
    """Where dots at these positions are drawn: on the curve, moved along it where they would lie
    on each other."""
    places: list[tuple[float, float]] = []
    for position in positions:
        tries = [position + sign * step for step in range(0, 101, 2) for sign in (1, -1)]
        around = [point_of(each) for each in tries if 0 <= each <= 100]
        free = (each for each in around if all(dist(each, one) >= APART for one in places))
        places.append(next(free, around[0]))
    return places


def point_of(position: int) -> tuple[float, float]:
    """The point of the curve at a position from 0 to 100."""
    side, t = (UP, position / 50) if position <= 50 else (DOWN, (position - 50) / 50)
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, side, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, side, strict=True))
    return x, y
