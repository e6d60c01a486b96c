"""What an employee's page says about their work: order, chips and sentences; no queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from change_tracker.core.chips import Chip
from change_tracker.core.text import due_words, duration, short_date
from change_tracker.training.duewords import opens_after
from change_tracker.training.models import TrainingRecord
from change_tracker.training.queries import MyWork, WorkItem
from change_tracker.training.sessionwords import session_words

MOST_TO_DO = 3
EXEMPT = TrainingRecord.State.WAIVED


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of work as a line."""

    item: WorkItem
    chip: Chip
    why: str
    #: when its next session is, in words
    session: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A line under a calendar leaf: work to do, or the day on which an initiative goes live."""

    on: date | None
    entry: Entry | None = None
    #: the initiative that goes live on this day, and how far away that is
    goal: str = ""
    distance: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """My training, top to bottom. The bar counts the initiatives that still ask for something."""

    headline: str
    #: the first thing to do; it is one of the stops
    next: Entry | None
    #: when the initiative of the first thing to do goes live, unless it is over
    next_starts_on: date | None
    stops: tuple[Stop, ...]
    done: tuple[Entry, ...]
    bar_done: int
    bar_late: int
    bar_total: int


@dataclass(frozen=True, slots=True)
class Todo:
    """The first things to do, for a page of the host; `total` counts all of them."""

    headline: str
    entries: tuple[Entry, ...]
    total: int


def todo_of(work: MyWork, today: date) -> Todo:
    """Late ones first, at most three."""
    first = tuple(entry_of(item, today) for item in work.to_do[:MOST_TO_DO])
    return Todo(headline(work), first, len(work.to_do))


def agenda_of(work: MyWork, today: date) -> Agenda:
    """The agenda of one person's work."""
    entries = [entry_of(item, today) for item in work.items]
    to_do = (each for each in entries if not each.item.waits)
    first = next(to_do, entries[0] if entries else None)
    running = {item.initiative_id for item in work.items}
    done = [item for item in work.done if item.initiative_id in running and item.state != EXEMPT]
    return Agenda(
        headline=headline(work),
        next=first,
        next_starts_on=go_live_ahead(first.item, today) if first else None,
        stops=stops_of(entries, today),
        done=tuple(entry_of(item, today) for item in work.done),
        bar_done=len(done),
        bar_late=sum(item.days_late > 0 for item in work.items),
        bar_total=len(done) + len(work.items),
    )


def headline(work: MyWork) -> str:
    """How much there is to do, in things and in time."""
    if not work.items:
        return gettext("You are up to date")
    count = len(work.to_do)
    if not count:
        return gettext("All is handed in")
    if not work.minutes:
        return ngettext("%(count)s thing to do", "%(count)s things to do", count) % {"count": count}
    return ngettext(
        "%(count)s thing to do, about %(time)s", "%(count)s things to do, about %(time)s", count
    ) % {"count": count, "time": duration(work.minutes)}


def entry_of(item: WorkItem, today: date) -> Entry:
    """The line of one piece of work."""
    return Entry(item, chip_of(item, today), _why_of(item), _session_of(item, today))


def _session_of(item: WorkItem, today: date) -> str:
    """When its next session is, if there is one."""
    if item.next_session is None:
        return ""
    return gettext("Next session: %(when)s") % {"when": session_words(item.next_session, today)}


def _why_of(item: WorkItem) -> str:
    """What somebody decided about it, else through which groups it came."""
    more, said = item.more_time, item.handed_in.said if item.is_open else ""
    decided = " ".join(filter(None, [item.again, item.exempt, said, more.granted, more.last]))
    if decided:
        return decided
    groups = {"groups": item.why.group}
    return gettext("Because you are in %(groups)s") % groups if item.why.groups else ""


def chip_of(item: WorkItem, today: date) -> Chip:
    """Whether it is done, late, soon or later, in words that say by how much."""
    if item.state == TrainingRecord.State.COMPLETED and item.completed_on:
        day = short_date(item.completed_on, today)
        return Chip(gettext("Done %(day)s") % {"day": day}, "done")
    if not item.is_open:
        return Chip(str(capfirst(TrainingRecord.State(item.state).label)))
    return _open_chip(item, today)


def _open_chip(item: WorkItem, today: date) -> Chip:
    if item.waits:
        return Chip(gettext("Handed in"))
    if item.handed_in.was_returned and not item.days_late:
        return Chip(gettext("Given back"), "soon")
    if item.is_locked:
        return Chip(opens_after(item.opens_after))
    if item.due_on is None:
        return Chip(gettext("No fixed date"))
    kind = "late" if item.days_late else "soon" if item.is_soon else ""
    return Chip(due_words(item.due_on, today), kind)


def stops_of(entries: Sequence[Entry], today: date) -> tuple[Stop, ...]:
    """Work by date, late first, and each go-live that is still to come.

    Work without a date stands last before the go-live of its initiative.
    """
    dated = [
        (entry.item.due_on or go_live_ahead(entry.item, today) or date.max, entry)
        for entry in entries
    ]
    stops = [(day, Stop(entry.item.due_on, entry)) for day, entry in dated]
    goals = {entry.item.initiative_id: entry.item for entry in entries}
    for item in goals.values():
        if day := go_live_ahead(item, today):
            distance = due_words(day, today)
            stops.append((day, Stop(day, goal=item.initiative, distance=distance)))
    return tuple(stop for _day, stop in sorted(stops, key=lambda each: each[0]))


def go_live_ahead(item: WorkItem, today: date) -> date | None:
    """The go-live of the item's initiative, unless it is over."""
    return item.go_live_on if item.go_live_on and item.go_live_on >= today else None
