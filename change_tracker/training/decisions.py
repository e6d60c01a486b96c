"""Deciding about people of a plan, in words; no queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from change_tracker.training.services import Decision, Verdict, Verdicts

#: Names that a check page holds for each verdict; of more it says how many.
MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Named:
    """Some people under one heading; `more` of them are not named."""

    words: str
    people: Sequence[Any]
    more: int


@dataclass(frozen=True, slots=True)
class DecisionCheck:
    """What stands on the page before a decision; no `button`: it would reach nobody."""

    headline: str
    lines: tuple[str, ...]
    reached: Named
    left_out: tuple[Named, ...]
    button: str


def check_of(
    decision: Decision,
    verdicts: Verdicts,
    known: Mapping[int, Any],
    *,
    is_archived: bool,
    until: str = "",
) -> DecisionCheck:
    """What `decision` would do, and whom it leaves out; `known` are enrolments by id.

    `until` is the day of more time, in words.
    """
    count = len(verdicts.reached)
    left_out = tuple(
        named(left_out_words(verdict, len(ids)), ids, known)
        for verdict, ids in sorted(verdicts.of.items())
        if verdict != Verdict.REACHED
    )
    reached = named(gettext("Who they are"), verdicts.reached, known)
    if not count:
        return DecisionCheck(_nobody(decision), (), reached, left_out, "")
    lines = tuple(_meaning(decision, is_archived=is_archived))
    headline = _headline(decision, count, until)
    return DecisionCheck(headline, lines, reached, left_out, _do(decision, count))


def done_words(decision: Decision, verdicts: Verdicts, until: str = "") -> str:
    """What a decision did, and whom it left out, in one line."""
    count = len(verdicts.reached)
    if decision == Decision.EXTEND:
        said = ngettext(
            "%(count)s person has time until %(day)s.",
            "%(count)s people have time until %(day)s.",
            count,
        )
    elif decision == Decision.EXEMPT:
        said = ngettext("%(count)s person is exempt.", "%(count)s people are exempt.", count)
    else:
        said = ngettext("%(count)s person is withdrawn.", "%(count)s people are withdrawn.", count)
    left = [
        left_out_words(verdict, len(ids))
        for verdict, ids in sorted(verdicts.of.items())
        if verdict != Verdict.REACHED
    ]
    words = said % {"count": count, "day": until}
    if not left:
        return words
    return gettext("%(done)s Left out: %(left_out)s.") % {
        "done": words,
        "left_out": ", ".join(left),
    }


def left_out_words(verdict: Verdict, count: int) -> str:
    """How many are left out, and why."""
    said = {
        Verdict.DONE: ngettext("%(count)s is done already", "%(count)s are done already", count),
        Verdict.GONE: ngettext(
            "%(count)s is no longer in the plan", "%(count)s are no longer in the plan", count
        ),
        Verdict.ONESELF: ngettext(
            "%(count)s is you: nobody decides about themselves",
            "%(count)s are you: nobody decides about themselves",
            count,
        ),
        Verdict.NOTHING_OPEN: ngettext(
            "%(count)s has nothing required left to do",
            "%(count)s have nothing required left to do",
            count,
        ),
        Verdict.TIME_ENOUGH: ngettext(
            "%(count)s has that much time already",
            "%(count)s have that much time already",
            count,
        ),
    }
    return said[verdict] % {"count": count}


def named(words: str, ids: Sequence[int], known: Mapping[int, Any]) -> Named:
    """Enrolments (ids) under one heading; `known` are the first of them."""
    people = [known[pk] for pk in ids[:MOST_NAMES] if pk in known]
    people.sort(key=lambda each: each.person.display_name)
    return Named(words, people, len(ids) - len(people))


def _headline(decision: Decision, count: int, until: str) -> str:
    if decision == Decision.EXTEND:
        said = ngettext(
            "%(count)s person gets more time, until %(day)s.",
            "%(count)s people get more time, until %(day)s.",
            count,
        )
    elif decision == Decision.EXEMPT:
        said = ngettext(
            "%(count)s person need not do what is still open to them.",
            "%(count)s people need not do what is still open to them.",
            count,
        )
    else:
        said = ngettext(
            "%(count)s person leaves the plan.", "%(count)s people leave the plan.", count
        )
    return said % {"count": count, "day": until}


def _nobody(decision: Decision) -> str:
    if decision == Decision.EXTEND:
        return gettext("Nobody among those whom you chose has anything due before that day.")
    if decision == Decision.EXEMPT:
        return gettext("There is nobody to exempt among those whom you chose.")
    return gettext("There is nobody to withdraw among those whom you chose.")


def _do(decision: Decision, count: int) -> str:
    if decision == Decision.EXTEND:
        said = ngettext("Give %(count)s person more time", "Give %(count)s people more time", count)
    elif decision == Decision.EXEMPT:
        said = ngettext("Exempt %(count)s person", "Exempt %(count)s people", count)
    else:
        said = ngettext("Withdraw %(count)s person", "Withdraw %(count)s people", count)
    return said % {"count": count}


def _meaning(decision: Decision, *, is_archived: bool) -> Iterator[str]:
    if decision == Decision.EXTEND:
        yield gettext("It is for everything that is open to them and due before that day.")
        yield gettext("Who has asked for more time gets this date as the answer.")
        yield gettext("The date stays, whatever happens to the dates of the plan.")
        return
    yield gettext("What they have done stays in their record.")
    if decision == Decision.EXEMPT:
        yield gettext("What is optional stays open to them.")
        yield gettext("There is no way back from an exemption.")
        return
    yield gettext("The rest is no longer asked of them, and reminders stop.")
    if not is_archived:
        yield gettext(
            "Whoever is still in a group of this plan gets it again when the plan is assigned "
            "again. To prevent that, take them out of the group."
        )
