"""The register at a glance: a verdict in words, and a table of levels by kind and group."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext, ngettext

from change_tracker.resistance.models.register import Level
from change_tracker.resistance.queries import NONE, Known

#: So many pairs of groups are named.
MOST_PAIRS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The strongest open entry of one kind in one group.

    `level` is None where nothing was reviewed; `entries` of 0 says that nothing was heard either.
    """

    kind: str
    group: str
    label: str
    entries: int = 0
    level: int | None = None
    trend: int = 0

    @property
    def words(self) -> str:
        """What a screen reader says of it."""
        if self.level is None:
            return gettext("%(cell)s: not reviewed") % {"cell": self.label}
        words = {
            1: gettext("%(cell)s: %(level)s, %(word)s; rising"),
            0: gettext("%(cell)s: %(level)s, %(word)s"),
            -1: gettext("%(cell)s: %(level)s, %(word)s; easing"),
        }[self.trend]
        return words % {"cell": self.label, "level": self.level, "word": Level(self.level).label}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """`rows` are kinds with a cell for each of the `groups`."""

    groups: list[str]
    rows: list[tuple[str, list[Cell]]]


def heat_of(known: list[Known]) -> Heat:
    """The table of the open entries among `known`."""
    is_open = [entry for entry in known if entry.is_open]
    kinds = dict.fromkeys(entry.kind for entry in is_open)
    names = {group: name for entry in is_open for group, name in entry.groups.items()}
    groups = sorted(names, key=lambda group: (group == NONE, names[group].casefold(), group))
    by_cell: dict[tuple[str, str], list[Known]] = {}
    for entry in is_open:
        for group in entry.groups:
            by_cell.setdefault((entry.kind[0], group), []).append(entry)
    rows = [
        (label, [_cell(kind, label, group, names[group], by_cell) for group in groups])
        for kind, label in kinds
    ]
    return Heat(groups=[names[group] for group in groups], rows=rows)


def _cell(
    kind: str, label: str, group: str, name: str, by_cell: dict[tuple[str, str], list[Known]]
) -> Cell:
    entries = by_cell.get((kind, group), [])
    words = gettext("%(kind)s, %(group)s") % {"kind": label, "group": name}
    reviewed = [entry for entry in entries if entry.level is not None]
    if not reviewed:
        return Cell(kind=kind, group=group, label=words, entries=len(entries))
    top = max(reviewed, key=strength)
    return Cell(
        kind=kind,
        group=group,
        label=words,
        entries=len(entries),
        level=top.level,
        trend=top.trend,
    )


def strength(entry: Known) -> tuple[int, int]:
    """What makes one entry stronger than another: its level, then whether it is rising."""
    return (-1 if entry.level is None else entry.level, entry.trend)


def shared_by(known: list[Known]) -> list[str]:
    """Which two groups share open entries, in words; those that share most first."""
    names = {group: name for entry in known for group, name in entry.groups.items()}
    pairs = Counter(
        pair
        for entry in known
        if entry.is_open
        for pair in combinations(sorted(group for group in entry.groups if group != NONE), 2)
    )
    shared = [(sorted(names[each] for each in pair), number) for pair, number in pairs.items()]
    shared.sort(key=lambda each: (-each[1], each[0]))
    return [
        ngettext(
            "%(one)s and %(other)s share %(number)s entry.",
            "%(one)s and %(other)s share %(number)s entries.",
            number,
        )
        % {"one": one, "other": other, "number": number}
        for (one, other), number in shared[:MOST_PAIRS]
    ]


def verdict_of(known: list[Known], unanswered: int) -> list[str]:
    """How the register stands, in whole sentences."""
    is_open = [entry for entry in known if entry.is_open]
    if not is_open:
        return []
    sentences = [_strongest(is_open)]
    rising = sum(entry.trend > 0 for entry in is_open)
    easing = sum(entry.trend < 0 for entry in is_open)
    if rising:
        words = ngettext("%(number)s entry is rising.", "%(number)s entries are rising.", rising)
        sentences.append(words % {"number": rising})
    if easing:
        words = ngettext("%(number)s entry is easing.", "%(number)s entries are easing.", easing)
        sentences.append(words % {"number": easing})
    if unanswered:
        words = ngettext(
            "%(number)s open entry has no action under way.",
            "%(number)s open entries have no action under way.",
            unanswered,
        )
        sentences.append(words % {"number": unanswered})
    return sentences


def _strongest(is_open: list[Known]) -> str:
    top = max(is_open, key=strength)
    number = len(is_open)
    if top.level is None:
        words = ngettext(
            "%(number)s thing was heard; how strong it is, nobody has judged yet.",
            "%(number)s things were heard; how strong they are, nobody has judged yet.",
            number,
        )
        return words % {"number": number}
    if top.level == Level.NONE:
        words = ngettext(
            "%(number)s entry is still open, without a sign of it in the latest review.",
            "%(number)s entries are still open, without a sign of them in the latest reviews.",
            number,
        )
        return words % {"number": number}
    groups = [name for group, name in top.groups.items() if group != NONE]
    facts = {
        "kind": top.kind[1],
        "level": top.level,
        "word": Level(top.level).label,
        "group": ", ".join(groups),
    }
    if groups:
        return gettext("Strongest in %(group)s: %(kind)s (%(level)s, %(word)s).") % facts
    return gettext("Strongest: %(kind)s (%(level)s, %(word)s).") % facts
