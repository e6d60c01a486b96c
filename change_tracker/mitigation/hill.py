"""Actions as dots on a hill: up it one finds out, down it one gets it done; no queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import dist
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.chips import Chip, due_chip
from change_tracker.mitigation.models import OPEN_STATES

#: The two sides of the curve that `parts/hill.html` draws, as cubic Bézier curves.
UP = ((10, 140), (130, 140), (170, 34), (260, 34))
DOWN = ((260, 34), (350, 34), (390, 140), (510, 140))
#: So far apart that two numbers can be told, on a telephone too.
APART = 27.0
MOST_DOTS = 8
#: The five words of the hill, each with the position at which it stands.
HILL: tuple[tuple[int, str | Promise], ...] = (
    (0, _("not begun")),
    (25, _("finding out")),
    (50, _("we know how")),
    (75, _("getting it done")),
    (100, _("finished")),
)


HILL_MEANS = _(
    "How far an action is: up the hill one finds out how to do it, down the other side one gets it"
    " done."
)


class OnHill(Protocol):
    """An action, or what is read of one."""

    @property
    def pk(self) -> Any: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def position(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Dot:
    """One action: its number, where it is drawn, and the line of the table that says the same.

    A dot without a number stands alone.
    """

    number: int | None
    x: int
    y: int
    action: OnHill
    phase: str | Promise
    chip: Chip
    is_late: bool


def dots_of(actions: Sequence[OnHill], today: date) -> list[Dot]:
    """The dots of `actions`, in their order; those beyond the eighth are left to the list."""
    shown = actions[:MOST_DOTS]
    places = places_of([each.position for each in shown])
    return [
        _dot(number, action, place, today)
        for number, (action, place) in enumerate(zip(shown, places, strict=True), start=1)
    ]


def dot_of(action: OnHill, today: date) -> Dot:
    """The one dot of the page of `action`."""
    return _dot(None, action, point_of(action.position), today)


def hill_words(position: int) -> str | Promise:
    """The word of the hill that is nearest to `position`."""
    return min(HILL, key=lambda each: abs(each[0] - position))[1]


def phase_of(position: int) -> str | Promise:
    """The side of the hill, in words."""
    return _("finding out") if position < 50 else _("getting it done")


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


def _dot(number: int | None, action: OnHill, place: tuple[float, float], today: date) -> Dot:
    x, y = place
    return Dot(
        number=number,
        x=round(x),
        y=round(y),
        action=action,
        phase=phase_of(action.position),
        chip=due_chip(action.due_on, today),
        is_late=bool(action.due_on and action.due_on < today and action.state in OPEN_STATES),
    )
