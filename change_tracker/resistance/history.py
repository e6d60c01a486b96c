"""The levels of one resistance over time, as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from change_tracker.resistance.models import ResistanceReview
from change_tracker.resistance.models.register import Level

WIDTH, HEIGHT, EDGE = 520, 170, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A line in a box of `width` by `height`; `target` is where it should come down to.

    `dots` are (x, y, level); the level stands above its dot.
    """

    dots: list[tuple[int, int, int]]
    target: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """The points of a polyline."""
        return " ".join(f"{x},{y}" for x, y, _level in self.dots)


def chart_of(reviews: Sequence[ResistanceReview], target: int) -> Chart | None:
    """The line through `reviews`, oldest at the start; None for fewer than two of them."""
    if len(reviews) < 2:
        return None
    oldest_first = sorted(reviews, key=lambda each: (each.reviewed_on, each.pk))
    first = oldest_first[0].reviewed_on
    days = (oldest_first[-1].reviewed_on - first).days
    dots = [
        (
            EDGE + round((each.reviewed_on - first).days / (days or 1) * (WIDTH - 2 * EDGE)),
            _height_of(each.level),
            each.level,
        )
        for each in oldest_first
    ]
    return Chart(dots=dots, target=_height_of(target))


def _height_of(level: int) -> int:
    return HEIGHT - EDGE - round(level / max(Level.values) * (HEIGHT - 2 * EDGE))
