"""What was measured, as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from math import log
from operator import attrgetter
from pathlib import Path

#: How much steeper than the bare statement our time may grow with the size.
GROWTH_TARGET = 0.05
HEAD = ("work", "size", "ours", "bare", "ratio", "target", "growth", "memory", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One work at one size: medians in seconds, and the median of the ratios of the rounds.

    `growth` is the exponent of our growth from the smallest size to this one, less the bare
    statement's; None at the smallest. `megabytes` is what ours needed at most, where it is asked.
    """

    work: str
    against: str
    size: int
    rounds: int
    ours: float
    bare: float
    ratio: float
    target: float
    growth: float | None = None
    megabytes: float | None = None
    most_megabytes: int | None = None

    @property
    def met(self) -> bool:
        """Whether ratio, and growth and memory where there are some, are within their targets."""
        fits = (self.megabytes or 0) <= (self.most_megabytes or 0)
        return fits and self.ratio <= self.target and (self.growth or 0) <= GROWTH_TARGET

    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        return (
            self.work,
            f"{self.size:,}",
            seconds(self.ours),
            seconds(self.bare),
            f"{self.ratio:.2f}",
            f"{self.target:.1f}",
            "" if self.growth is None else f"{self.growth:+.2f}",
            "" if self.megabytes is None else f"{self.megabytes:.0f} MB",
            "yes" if self.met else "no",
        )


def with_growth(figures: Iterable[Figure]) -> list[Figure]:
    """The same figures, in the order of work and size, each with its growth."""
    grown: list[Figure] = []
    for _work, found in groupby(figures, key=attrgetter("work")):
        first, *further = sorted(found, key=attrgetter("size"))
        grown += [first, *(replace(each, growth=growth(first, each)) for each in further)]
    return grown


def growth(small: Figure, large: Figure) -> float:
    """By how much our time grows more steeply than the bare statement's, as exponents."""
    steps = log(large.size / small.size)
    return (log(large.ours / small.ours) - log(large.bare / small.bare)) / steps


def table(figures: Sequence[Figure]) -> str:
    """Columns for a terminal; names to the left, numbers to the right."""
    lines = [HEAD, *(each.cells() for each in figures)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def seconds(value: float) -> str:
    """In the unit in which it has the fewest digits."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Everything as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(each) | {"met": each.met} for each in figures]
    path.write_text(json.dumps(rows, indent=2) + "\n")
