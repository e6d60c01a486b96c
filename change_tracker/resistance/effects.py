"""How much resistance eased where a strategy answered it: figures, never without their number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Levels eased (first review minus latest; below zero: it rose) in so many `cases`.

    A case is one resistance, however many actions of the strategy answered it.
    """

    cases: int
    mean: float
    least: int
    most: int

    @property
    def words(self) -> str:
        """The figures as one sentence."""
        if self.cases == 1:
            return gettext("In 1 case here: %(change)s.") % {"change": change_words(self.mean)}
        words = ngettext(
            "In %(cases)s case here: %(change)s on average (from %(least)s to %(most)s).",
            "In %(cases)s cases here: %(change)s on average (from %(least)s to %(most)s).",
            self.cases,
        )
        return words % {
            "cases": self.cases,
            "change": change_words(self.mean),
            "least": change_words(self.least),
            "most": change_words(self.most),
        }


def effects_of(cases: Iterable[tuple[int, int, int, int]]) -> dict[int, Effect]:
    """By strategy, from (strategy, resistance, first level, latest level); a repeat counts once."""
    eased: dict[int, dict[int, int]] = defaultdict(dict)
    for strategy, source, first, latest in cases:
        eased[strategy][source] = first - latest
    return {
        strategy: Effect(
            cases=len(found),
            mean=sum(found.values()) / len(found),
            least=min(found.values()),
            most=max(found.values()),
        )
        for strategy, found in eased.items()
    }


def change_words(levels: float) -> str:
    """So many levels lower or higher; a mean with one decimal."""
    size = round(abs(levels), 1)
    if not size:
        return gettext("unchanged")
    number = int(size) if size == int(size) else 2
    words = (
        ngettext("%(size)s level lower", "%(size)s levels lower", number)
        if levels > 0
        else ngettext("%(size)s level higher", "%(size)s levels higher", number)
    )
    return words % {"size": number_format(size, decimal_pos=0 if size == int(size) else 1)}
