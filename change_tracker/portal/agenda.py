"""What an employee's page says about their records: order, chips and sentences; no queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import SOON_DAYS, due_words, duration, short_date
from change_tracker.initiatives.models import Initiative
from change_tracker.training.models import DueRule, PlanAudience, TrainingRecord


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in words; `kind` (done, late, soon or none) chooses shape and colour."""

    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as a line; `why` names the groups through which it came."""

    record: TrainingRecord
    chip: Chip
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A line under a calendar leaf: work to do, or the day on which an initiative goes live."""

    on: date | None
    entry: Entry | None = None
    goal: Initiative | None = None
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """My training, top to bottom. The bar counts the initiatives that still ask for something."""

    headline: str
    #: the initiative of the first thing to do, and whether its go-live is still to come
    about: Initiative | None
    about_is_ahead: bool
    stops: tuple[Stop, ...]
    done: tuple[Entry, ...]
    bar_done: int
    bar_late: int
    bar_total: int


def agenda_of(
    outstanding: Sequence[TrainingRecord],
    done: Sequence[TrainingRecord],
    reasons: Mapping[int, Sequence[PlanAudience]],
    today: date,
) -> Agenda:
    """The agenda from a person's own records; `reasons` are the rules by enrolment."""
    stops = _stops([_entry(record, reasons, today) for record in outstanding], today)
    entries = [stop.entry for stop in stops if stop.entry]
    about = entries[0].record.plan.initiative if entries else None
    running = {record.plan.initiative_id for record in outstanding}
    bar_done = sum(record.plan.initiative_id in running for record in done)
    return Agenda(
        headline=headline(outstanding),
        about=about,
        about_is_ahead=about is not None and _is_ahead(about, today),
        stops=stops,
        done=tuple(_entry(record, reasons, today) for record in done),
        bar_done=bar_done,
        bar_late=sum(record.days_late(today) > 0 for record in outstanding),
        bar_total=bar_done + len(outstanding),
    )


def headline(outstanding: Sequence[TrainingRecord]) -> str:
    """How much there is to do, in things and in time."""
    if not outstanding:
        return gettext("You are up to date")
    count = len(outstanding)
    minutes = sum(record.activity.minutes for record in outstanding)
    if not minutes:
        return ngettext("%(count)s thing to do", "%(count)s things to do", count) % {"count": count}
    return ngettext(
        "%(count)s thing to do, about %(time)s", "%(count)s things to do, about %(time)s", count
    ) % {"count": count, "time": duration(minutes)}


def chip_of(record: TrainingRecord, today: date) -> Chip:
    """Whether it is done, late, soon or later, in words that say by how much."""
    if record.state == TrainingRecord.State.COMPLETED and record.completed_on:
        day = short_date(record.completed_on, today)
        return Chip(gettext("Done %(day)s") % {"day": day}, "done")
    if not record.is_open():
        return Chip(record.get_state_display().capitalize())
    if record.due_on is None:
        return Chip(gettext("No fixed date"))
    if record.days_late(today):
        return Chip(due_words(record.due_on, today), "late")
    is_soon = (record.due_on - today).days <= SOON_DAYS
    return Chip(due_words(record.due_on, today), "soon" if is_soon else "")


def why_short(rules: Sequence[PlanAudience]) -> str:
    """The groups through which somebody got it, for a line of the agenda; may be empty."""
    if not rules:
        return ""
    groups = get_text_list([rule.audience.name for rule in rules], gettext("and"))
    return gettext("Because you are in %(groups)s") % {"groups": groups}


def why_in_full(rule: PlanAudience, today: date) -> str:
    """One sentence for one rule: the group, and by when everybody in it does this."""
    words = {"group": rule.audience.name}
    if rule.due_rule == DueRule.FIXED and rule.due_on:
        words["day"] = short_date(rule.due_on, today)
        return gettext("You are in %(group)s; everybody there does this by %(day)s.") % words
    if rule.due_rule == DueRule.JOINED_GROUP and rule.due_days:
        return ngettext(
            "You are in %(group)s; everybody does this within %(days)s day of joining it.",
            "You are in %(group)s; everybody does this within %(days)s days of joining it.",
            rule.due_days,
        ) % (words | {"days": rule.due_days})
    return gettext("You are in %(group)s; everybody there does this.") % words


def _entry(
    record: TrainingRecord, reasons: Mapping[int, Sequence[PlanAudience]], today: date
) -> Entry:
    rules = reasons.get(record.enrolment_id, ())
    return Entry(record, chip_of(record, today), why_short(rules))


def _stops(entries: Sequence[Entry], today: date) -> tuple[Stop, ...]:
    """Work by date, each go-live after what comes before it; work without a date stands last
    before the go-live of its initiative."""
    initiatives = {
        entry.record.plan.initiative_id: entry.record.plan.initiative for entry in entries
    }
    dated: list[tuple[date, int, Stop]] = [
        (entry.record.due_on or _last_day(entry, today), index, Stop(entry.record.due_on, entry))
        for index, entry in enumerate(entries)
    ]
    goals = [each for each in initiatives.values() if _is_ahead(each, today)]
    for index, goal in enumerate(goals, start=len(entries)):
        dated.append((goal.go_live_on or date.max, index, Stop(goal.go_live_on, goal=goal)))
    stops = [stop for _on, _index, stop in sorted(dated, key=lambda each: each[:2])]
    first = next((stop for stop in stops if stop.entry), None)
    return tuple(Stop(s.on, s.entry, s.goal, is_next=s is first) for s in stops)


def _last_day(entry: Entry, today: date) -> date:
    initiative = entry.record.plan.initiative
    return initiative.go_live_on or date.max if _is_ahead(initiative, today) else date.max


def _is_ahead(initiative: Initiative, today: date) -> bool:
    return initiative.go_live_on is not None and initiative.go_live_on >= today
