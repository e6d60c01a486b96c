"""The readings of an objective over time, as the lines of a picture and in words. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date
from change_tracker.initiatives.models import Measurement, Objective

LEFT, RIGHT, TOP, BOTTOM = 110, 505, 24, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One reading in the picture."""

    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The picture in a frame of 520 by 210; `levels` are (words, value, height) across it."""

    line: str
    dots: tuple[Dot, ...]
    levels: tuple[tuple[str, str, int], ...]
    #: (day, place, anchor of its label)
    days: tuple[tuple[date, int, str], ...]
    words: str


def trend_of(objective: Objective, readings: Sequence[Measurement], today: date) -> Trend | None:
    """The picture of `readings`, the oldest first; None where there is none."""
    if not readings:
        return None
    marks = [each for each in (objective.baseline, objective.target) if each is not None]
    values = [*marks, *(each.value for each in readings)]
    low, high = min(values), max(values)
    first, last = readings[0].measured_on, readings[-1].measured_on
    end = max(last, objective.due_on) if objective.due_on else last
    dots = tuple(
        Dot(x=_x(each.measured_on, first, end), y=_y(each.value, low, high)) for each in readings
    )
    return Trend(
        line="M" + "L".join(f"{each.x} {each.y}" for each in dots),
        dots=dots,
        levels=_levels(objective, low, high),
        days=_days(first, end),
        words=trend_words(objective, readings, today),
    )


def trend_words(objective: Objective, readings: Sequence[Measurement], today: date) -> str:
    """The picture for those who do not see it."""
    first, last = readings[0], readings[-1]
    words = ngettext(
        "%(title)s: %(number)s reading, %(value)s on %(day)s.",
        "%(title)s: %(number)s readings, from %(first)s on %(since)s to %(value)s on %(day)s.",
        len(readings),
    )
    return words % {
        "title": objective.title,
        "number": len(readings),
        "first": amount(first.value, objective.unit),
        "since": short_date(first.measured_on, today),
        "value": amount(last.value, objective.unit),
        "day": short_date(last.measured_on, today),
    }


def standing_words(objective: Objective, value: Decimal | None) -> str:
    """What the latest reading says of the goal; never more than the figures do."""
    start, target = objective.baseline, objective.target
    if value is None:
        return gettext("Nobody has measured it yet.")
    if target is None:
        return gettext("There is no target to hold it against.")
    if objective.is_reached_by(value):
        return gettext("The target is reached.")
    if start is None or start == target:
        return gettext("The target is not reached yet.")
    way = (value - start) / (target - start)
    if way <= 0:
        return gettext("It is not nearer to the target than at the start.")
    # What is not reached is never said to be all of the way.
    share = min(max(round(way * 100), 1), 99)
    return gettext("%(share)s %% of the way to the target is done.") % {"share": share}


def amount(value: Decimal, unit: str) -> str:
    """A figure with its unit: "62.5 %", as the reader's language writes numbers."""
    shown = value.quantize(Decimal("0.01")).normalize()
    places = max(-int(shown.as_tuple().exponent), 0)
    return f"{number_format(shown, decimal_pos=places)} {unit}".strip()


def _levels(objective: Objective, low: Decimal, high: Decimal) -> tuple[tuple[str, str, int], ...]:
    named = [(gettext("At the start"), objective.baseline), (gettext("Target"), objective.target)]
    return tuple(
        (words, amount(value, ""), _y(value, low, high))
        for words, value in named
        if value is not None
    )


def _days(first: date, end: date) -> tuple[tuple[date, int, str], ...]:
    if first == end:
        return ((first, (LEFT + RIGHT) // 2, "middle"),)
    return ((first, LEFT, "start"), (end, RIGHT, "end"))


def _x(day: date, first: date, end: date) -> int:
    if first == end:
        return (LEFT + RIGHT) // 2
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / (end - first).days)


def _y(value: Decimal, low: Decimal, high: Decimal) -> int:
    if low == high:
        return (TOP + BOTTOM) // 2
    return round(BOTTOM - (BOTTOM - TOP) * float((value - low) / (high - low)))
