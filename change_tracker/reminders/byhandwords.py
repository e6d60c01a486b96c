"""Reminding chosen people, in words; no queries."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from change_tracker.reminders.byhand import Call, Calls
from change_tracker.training.decisions import DecisionCheck, named


def check_of(calls: Calls, known: Mapping[int, Any]) -> DecisionCheck:
    """What pressing the button would do, and whom it leaves out; `known` are enrolments by id."""
    count = len(calls.reached)
    left_out = tuple(
        named(left_out_words(call, len(ids)), ids, known)
        for call, ids in sorted(calls.of.items())
        if call != Call.REACHED
    )
    reached = named(gettext("Who they are"), calls.reached, known)
    if not count:
        words = gettext("There is nobody to remind among those whom you chose.")
        return DecisionCheck(words, (), reached, left_out, "")
    headline = ngettext(
        "%(count)s person is reminded of what is open to them.",
        "%(count)s people are reminded of what is open to them.",
        count,
    ) % {"count": count}
    button = ngettext("Remind %(count)s person", "Remind %(count)s people", count)
    lines = tuple(_meaning(calls.later))
    return DecisionCheck(headline, lines, reached, left_out, button % {"count": count})


def done_words(calls: Calls) -> str:
    """What was done, in one line."""
    count = len(calls.reached)
    return ngettext(
        "%(count)s person is reminded, with their mail of the day.",
        "%(count)s people are reminded, with their mail of the day.",
        count,
    ) % {"count": count}


def left_out_words(call: Call, count: int) -> str:
    """How many are left out, and why."""
    said = _for_good(count) | {
        Call.NOTHING_DUE: ngettext(
            "%(count)s has nothing open that has a date",
            "%(count)s have nothing open that has a date",
            count,
        ),
        Call.ASKED: ngettext(
            "%(count)s has asked for more time: answer that first",
            "%(count)s have asked for more time: answer that first",
            count,
        ),
        Call.ON_ITS_WAY: ngettext(
            "%(count)s has a reminder on its way already",
            "%(count)s have a reminder on its way already",
            count,
        ),
        Call.TODAY: ngettext(
            "%(count)s has had a mail today already",
            "%(count)s have had a mail today already",
            count,
        ),
    }
    return said[call] % {"count": count}


def _for_good(count: int) -> dict[Call, str]:
    """Why no mail is the way to these."""
    return {
        Call.ENOUGH: ngettext(
            "%(count)s was reminded of all of it four times: speak with them",
            "%(count)s were reminded of all of it four times: speak with them",
            count,
        ),
        Call.NOT_WANTED: ngettext(
            "%(count)s wants no reminders", "%(count)s want no reminders", count
        ),
        Call.UNREACHABLE: ngettext(
            "%(count)s has no address of their own: speak with them",
            "%(count)s have no address of their own: speak with them",
            count,
        ),
        Call.GONE: ngettext(
            "%(count)s no longer works here", "%(count)s no longer work here", count
        ),
        Call.ONESELF: ngettext("%(count)s is you", "%(count)s are you", count),
    }


def _meaning(later: int) -> Iterator[str]:
    yield gettext("It leaves with their mail of the day, in their working hours: never two a day.")
    yield gettext("Whoever is done by then is not written to.")
    if later:
        yield ngettext(
            "%(count)s person reads it on another day: they are away, or get no mail today.",
            "%(count)s people read it on another day: they are away, or get no mail today.",
            later,
        ) % {"count": later}
