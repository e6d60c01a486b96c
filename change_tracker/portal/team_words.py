"""What a manager's pages say in words; no queries."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from change_tracker.core.chips import Chip
from change_tracker.core.text import due_words
from change_tracker.portal.team import READ, Dues
from change_tracker.training.queries import SOON_DAYS, WorkItem
from change_tracker.training.standing import Standing
from change_tracker.training.wording import late_chip


def headline(people: Sequence[Any], *, direct: bool) -> str:
    """How many are late."""
    if not people:
        nobody = gettext("Nobody reports to you")
        return gettext("Nobody reports to you directly") if direct else nobody
    late = sum(each.is_late for each in people)
    if not late:
        return gettext("All of your team is up to date")
    return ngettext("%(number)s of your team is late", "%(number)s of your team are late", late) % {
        "number": late
    }


def lede(people: Sequence[Any]) -> str:
    """Of how many people this speaks."""
    directly = sum(each.is_direct for each in people)
    words = {"number": len(people), "directly": directly}
    if directly == len(people):
        said = ngettext(
            "%(number)s person reports to you.", "%(number)s people report to you.", len(people)
        )
    else:
        said = ngettext(
            "%(number)s person reports to you, %(directly)s directly.",
            "%(number)s people report to you, %(directly)s of them directly.",
            len(people),
        )
    return said % words


def counts_of(dues: Iterable[Dues]) -> Counter[str]:
    """Pieces of training by standing."""
    counted: Counter[str] = Counter()
    for each in dues:
        counted[each.standing] += each.pieces
    return counted


def chip_of(
    standing: str, due_on: date | None, today: date, days_late: int, *, opens: str = ""
) -> Chip:
    """How one piece of training stands: what is late in working days; what waits for its turn,
    whatever its date, by when it `opens`.
    """
    if standing == Standing.DONE:
        return Chip(gettext("Done"), "done")
    if opens:
        return Chip(opens)
    if due_on is None:
        return Chip(gettext("No fixed date"))
    if standing == Standing.LATE:
        return late_chip(days_late)
    soon = (due_on - today).days <= SOON_DAYS
    return Chip(due_words(due_on, today), "soon" if soon else "")


def standing_of(item: WorkItem) -> str:
    """The standing of one piece of training; nothing where managers do not read it."""
    if item.is_open:
        return str(Standing.LATE if item.days_late else Standing.OPEN)
    return str(Standing.DONE) if item.state == "completed" else ""


def why_of(item: WorkItem) -> str:
    """What became of asking for more time, else why that person was given it."""
    if asked := " ".join(filter(None, [item.more_time.granted, item.more_time.last])):
        return asked
    groups = {"groups": item.why.group}
    return gettext("Everyone in %(groups)s has it") % groups if item.why.groups else ""


def figures_of(standings: Collection[str]) -> str:
    """How many pieces are late, open and done, such as "1 late, 2 open and 5 done"."""
    counted = Counter(standings)
    words = {
        Standing.LATE: ngettext("%(number)s late", "%(number)s late", counted[Standing.LATE]),
        Standing.OPEN: ngettext("%(number)s open", "%(number)s open", counted[Standing.OPEN]),
        Standing.DONE: ngettext("%(number)s done", "%(number)s done", counted[Standing.DONE]),
    }
    said = [words[each] % {"number": counted[each]} for each in READ if counted[each]]
    return str(get_text_list(said, gettext("and")))
