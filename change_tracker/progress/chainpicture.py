"""The chain as a picture: four columns of boxes, joined from left to right; no queries."""

import textwrap
from collections.abc import Hashable
from dataclasses import dataclass, field

from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from change_tracker.progress.chain import Chain, Link, Step

COLUMNS = 4
WIDTH, GAP, HEIGHT, ROW = 230, 48, 59, 71
#: Room around everything, and above the boxes for the names of the columns.
EDGE, TOP = 10, 38
#: Characters that fit into a line of a box, also wide ones; lines of a title.
FITS, LINES = 30, 2


@dataclass(frozen=True, slots=True)
class Box:
    """One record: where it stands, the lines of its title, and what is said below it."""

    x: int
    y: int
    title: tuple[str, ...]
    below: str


@dataclass(slots=True)
class Picture:
    """Boxes, the lines between them as paths, and the size of all."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    heads: list[tuple[int, str]] = field(default_factory=list)
    width: int = COLUMNS * WIDTH + (COLUMNS - 1) * GAP + 2 * EDGE
    height: int = TOP
    _places: dict[Hashable, Box] = field(default_factory=dict)
    _filled: list[int] = field(default_factory=lambda: [0] * COLUMNS)

    def box(self, key: Hashable, column: int, title: str, below: str) -> Box:
        """The box of `key`, which stands once however many lines lead to it."""
        if key not in self._places:
            x, y = _left(column), TOP + self._filled[column] * ROW
            self._filled[column] += 1
            self.height = max(self.height, y + HEIGHT + EDGE)
            lines = textwrap.wrap(title, FITS, max_lines=LINES, placeholder=" …")
            self._places[key] = Box(x, y, tuple(lines), Truncator(below).chars(FITS))
            self.boxes.append(self._places[key])
        return self._places[key]

    def join(self, left: Box, right: Box) -> None:
        """A line from one box to another, once."""
        x1, y1, x2, y2 = left.x + WIDTH, left.y + HEIGHT // 2, right.x, right.y + HEIGHT // 2
        half = (x1 + x2) // 2
        line = f"M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"
        if line not in self.lines:
            self.lines.append(line)


def picture_of(chain: Chain) -> Picture:
    """From what people say to who is trained for it."""
    names = (
        gettext("What people say"),
        gettext("Resistance"),
        gettext("What we do"),
        gettext("Training"),
    )
    heads = [(_left(column), name) for column, name in enumerate(names)]
    picture = Picture(heads=heads)
    for link in chain.links:
        _draw(picture, link)
    return picture


def _left(column: int) -> int:
    return EDGE + column * (WIDTH + GAP)


def _draw(picture: Picture, link: Link) -> None:
    entry = picture.box(("entry", link.entry.pk), 1, link.entry.statement, level_words(link.entry))
    if link.concerns:
        number = len(link.concerns)
        words = ngettext("%(number)s voice", "%(number)s voices", number) % {"number": number}
        picture.join(picture.box(("said", link.entry.pk), 0, words, link.concerns[0][1]), entry)
    actions = {}
    for action in link.actions:
        below = " · ".join(filter(None, [action.state, action.strategy]))
        actions[action.pk] = picture.box(("action", action.pk), 2, action.title, below)
        picture.join(entry, actions[action.pk])
    for carried_out, plan in link.plans:
        left = actions.get(carried_out or 0, entry)
        picture.join(left, picture.box(("plan", plan.pk), 3, plan.title, people_words(plan)))


def level_words(entry: object) -> str:
    """The level at the first and at the latest review, of an entry `with_levels`."""
    facts = vars(entry)
    first, latest = facts["first_level"], facts["latest_level"]
    if latest is None:
        return gettext("not reviewed")
    if first == latest:
        return gettext("level %(level)s") % {"level": latest}
    return gettext("level %(first)s at first, now %(latest)s") % {"first": first, "latest": latest}


def people_words(plan: Step) -> str:
    """How many people have a plan."""
    words = ngettext("%(number)s person", "%(number)s people", plan.people)
    return words % {"number": plan.people}
