"""What the lines of the gap list say: a number, a sentence, a cause; no queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_noop, ngettext

from change_tracker.core.text import ended, short_date
from change_tracker.resistance.models.register import ENDED_STATES, Level

SEVERE = Level.AVOIDING
QUOTED = 2
CALM = ("look_again", "unjudged", "tools", "untrained", "unread")
DONE = gettext_noop("“%(title)s”, done on %(day)s.")
DUE = gettext_noop("“%(title)s”, due %(day)s.")
#: Many a lead writes what they hear in quotation marks; ours are enough.
QUOTES = "“”„\"' "


@dataclass(frozen=True, slots=True)
class Heard:
    """One entry of the register, as far as a gap needs it; `level` is None before a review.

    `approver` is the id of the person who decided to live with it.
    """

    pk: int
    statement: str
    state: str
    level: int | None
    review_on: date | None
    is_answered: bool
    approver: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.state not in ENDED_STATES

    @property
    def is_severe(self) -> bool:
        """Open and at one of the two highest levels."""
        return self.is_open and (self.level or 0) >= SEVERE

    @property
    def lacks_answer(self) -> bool:
        """Open, nothing answers it, and nobody decided to live with it."""
        return self.is_open and not self.is_answered and self.state != "accepted"


class LateUnit(NamedTuple):
    """How many people of a unit are late; an empty `name` and no `pk` for no unit."""

    name: str
    people: int
    pk: int | None = None


class LateManager(NamedTuple):
    """How many people of a manager are late; an empty `name` and no `pk` for nobody's."""

    name: str
    people: int
    pk: int | None = None


class First(NamedTuple):
    """How many there are of something; title, day and key of the first, as far as it matters."""

    number: int = 0
    title: str = ""
    on: date | None = None
    pk: int | None = None


NOTHING = First()


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of "needs you today": `kind` says where it leads; `unit` is that of the cause.

    `first` is the key of the first row of which it speaks.
    """

    kind: str
    number: int
    sentence: str
    cause: str
    unit: int | None = None
    first: int | None = None

    @property
    def is_calm(self) -> bool:
        """Whether it waits without anything being late."""
        return self.kind in CALM


def late(late: Sequence[LateUnit]) -> Gap:
    """People who are late with training."""
    number = sum(each.people for each in late)
    sentence = ngettext("person is late with training", "people are late with training", number)
    unit, most, pk = late[0] if late else LateUnit("", 0)
    cause = ""
    if unit and most == number:
        cause = gettext("All of it in %(unit)s.") % {"unit": unit}
    elif unit:
        cause = gettext("%(most)s of them in %(unit)s.") % {"most": most, "unit": unit}
    return Gap("late", number, sentence, cause, pk)


def asking(number: int, since: date | None, today: date) -> Gap:
    """People who ask for more time."""
    sentence = ngettext("person asks for more time", "people ask for more time", number)
    words = {"day": short_date(since, today)} if since else {}
    said = ngettext("They asked on %(day)s.", "The first since %(day)s.", number)
    cause = ended(said % words) if since else ""
    return Gap("asking", number, sentence, cause)


def concerns(number: int, since: date | None, today: date) -> Gap:
    """Answers that were promised and are late."""
    sentence = ngettext(
        "answer that was promised is late", "answers that were promised are late", number
    )
    words = {"day": short_date(since, today)} if since else {}
    said = ngettext("It was promised by %(day)s.", "The first was promised by %(day)s.", number)
    cause = ended(said % words) if since else ""
    return Gap("concerns", number, sentence, cause)


def unanswered(heard: Sequence[Heard]) -> Gap:
    """Open resistance that nothing answers."""
    sentence = ngettext(
        "resistance has no action yet", "resistances have no action yet", len(heard)
    )
    return Gap("unanswered", len(heard), sentence, quoted(heard))


def look_again(heard: Sequence[Heard]) -> Gap:
    """Resistance whose day to look at it again has come."""
    sentence = ngettext(
        "resistance is to be looked at again", "resistances are to be looked at again", len(heard)
    )
    return Gap("look_again", len(heard), sentence, quoted(heard))


def late_actions(actions: Sequence[Any], today: date) -> Gap:
    """Open actions past their date."""
    sentence = ngettext("action passed its date", "actions passed their date", len(actions))
    cause = ""
    if actions and actions[0].due_on:
        first = actions[0]
        words = {
            "title": first.title,
            "owner": first.owner,
            "day": short_date(actions[0].due_on, today),
        }
        cause = gettext("“%(title)s”, due %(day)s, without an owner.") % words
        if first.owner_id:
            cause = gettext("“%(title)s”, due %(day)s, owner %(owner)s.") % words
    return Gap("late_actions", len(actions), sentence, cause)


def unjudged(first: First, today: date) -> Gap:
    """What is done, and nobody said whether it worked."""
    sentence = ngettext(
        "action is done, and nobody said whether it worked",
        "actions are done, and nobody said whether they worked",
        first.number,
    )
    return Gap("unjudged", first.number, sentence, _dated(first, today, gettext(DONE)))


def tools(first: First, today: date) -> Gap:
    """Tools whose next evaluation is due."""
    sentence = ngettext(
        "tool is to be evaluated again", "tools are to be evaluated again", first.number
    )
    return Gap("tools", first.number, sentence, _dated(first, today, gettext(DUE)))


def untrained(first: First) -> Gap:
    """Groups that no published plan trains."""
    sentence = ngettext(
        "group has been given no training yet",
        "groups have been given no training yet",
        first.number,
    )
    return Gap("untrained", first.number, sentence, _titled(first))


def unread(first: First) -> Gap:
    """Objectives that nobody has measured."""
    sentence = ngettext(
        "objective has not been measured yet", "objectives have not been measured yet", first.number
    )
    return Gap("unread", first.number, sentence, _titled(first), first=first.pk)


def _titled(first: First) -> str:
    return gettext("“%(words)s”") % {"words": first.title}


def _dated(first: First, today: date, words: str) -> str:
    day = short_date(first.on, today) if first.on else ""
    return ended(words % {"title": first.title, "day": day})


def quoted(heard: Sequence[Heard]) -> str:
    """The first two, in their own words."""
    quote = gettext("“%(words)s”")
    shown = [Truncator(each.statement.strip(QUOTES)).chars(80) for each in heard[:QUOTED]]
    return " ".join(quote % {"words": words} for words in shown)
