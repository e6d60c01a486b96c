"""New dates for open work: when another group, or an edited rule, says so."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.db.models import F, Q, QuerySet

from change_tracker.core.ids import Keys
from change_tracker.training.models import DueRule, TrainingRecord
from change_tracker.training.models.dues import FROM_GO_LIVE
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.rules import Due, Way
from change_tracker.training.services.leaving import chunks
from change_tracker.training.services.reading import (
    Batch,
    Dates,
    Run,
    way_of,
    ways_from_today,
)

#: A date that no rule gave.
NO_RULE = Q(due_rule=DueRule.NONE, due_on__isnull=False)
NONE = Q(pk__in=[])


class Dated(Protocol):
    """A record, or what was read of one."""

    @property
    def due_on(self) -> date | None: ...
    @property
    def due_rule(self) -> str: ...
    @property
    def due_days(self) -> int | None: ...
    @property
    def due_unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NewDate:
    """Another date for a record, by its id and that of its enrolment; nothing is written yet."""

    record: int
    enrolment: int
    due: Due


class _Said(NamedTuple):
    """The dates that are new for somebody: `anew` where a rule was edited, by all their groups;
    `added` by those that are further ones.
    """

    anew: Dates | None
    added: Dates


def redate(run: Run, batch: Batch) -> list[NewDate]:
    """The new dates of the batch; records whose date stays are left out.

    Through a further group the earlier date wins. An edited rule sets its date anew, also to a
    later day, except for items with a rule of their own that does not count from go-live. Who was
    given more time keeps it, and a date that no rule set for a further attempt stays. One query,
    none if nothing is fresh.
    """
    people = [person for person in batch.fresh if batch.found[person].state == "active"]
    said = {batch.found[person].pk: _said(run, batch, person) for person in people}
    if not said:
        return []
    places, changed = run.places(), []
    for row in dates_of(movable(said).filter(_may_change(run, said.values()))):
        due = _new_due(run, said[row.enrolment], places[row.item], row)
        if due is not None and is_another(due, row):
            changed.append(NewDate(row.pk, row.enrolment, due))
    return changed


def date_by_the_rest(run: Run, batch: Batch) -> list[NewDate]:
    """The dates that the groups of the batch say once one of them is none.

    Records whose date stays are left out. The group that went is no reason of theirs any more, or
    its rule is none of the run. Each of the others counts from the day on which it first reached
    them. No date comes earlier by that, and one that no rule gave stays; so does what `redate`
    leaves alone, and whatever an edited rule is about to set anew. One query, none if nobody has
    work ahead.
    """
    ways = {found.pk: _ways_left(run, batch, person) for person, found in batch.found.items()}
    said = {pk: run.dates_of(known) for pk, known in ways.items() if known}
    if not said:
        return []
    places, changed = run.places(), []
    rows = movable(said).exclude(NO_RULE).filter(_may_come_later(run, said.values()))
    for row in dates_of(rows):
        due = said[row.enrolment][places[row.item]]
        if _is_later(due, row):
            changed.append(NewDate(row.pk, row.enrolment, due))
    return changed


def dates_of(records: QuerySet[TrainingRecord]) -> Iterable[Any]:
    """What is to know of the date of each: its key, `enrolment`, `item` and what is Dated.

    Whole records of a large group take seconds.
    """
    return records.values_list("pk", "enrolment", "item", *DUE, named=True)


def movable(enrolments: Collection[int]) -> QuerySet[TrainingRecord]:
    """Open records whose date a rule may set: nobody granted more time, and for a further attempt
    nobody chose the day, nor does the completion before it expire then.
    """
    records = TrainingRecord.objects.filter(
        enrolment__in=Keys(enrolments), state__in=OPEN_STATES, is_extended=False
    )
    return records.exclude(NO_RULE, attempt__gt=1).order_by("pk")


def _may_change(run: Run, said: Collection[_Said]) -> Q:
    """What the database leaves out, so that what stays as it is need not be read."""
    if any(each.anew for each in said):
        return Q()
    return _items(run, lambda place: _above([each.added[place].on for each in said]))


def _may_come_later(run: Run, said: Collection[Dates]) -> Q:
    return _items(
        run,
        lambda place: (
            NONE if _keeps_own_date(run, place) else _below([each[place].on for each in said])
        ),
    )


def _items(run: Run, condition: Callable[[int], Q]) -> Q:
    """Records of each item, by its place, under a condition."""
    found = NONE
    for place, item in enumerate(run.items):
        found |= Q(item=item.pk) & condition(place)
    return found


def _above(days: Iterable[date | None]) -> Q:
    """Due after the first of the days, or on none."""
    known = [day for day in days if day]
    return Q(due_on=None) | Q(due_on__gt=min(known)) if known else NONE


def _below(days: Collection[date | None]) -> Q:
    """Due before the last of the days, or on none; where a day is not known, anything."""
    known = [day for day in days if day]
    return Q(due_on=None) | Q(due_on__lt=max(known)) if len(known) == len(days) else Q()


def _keeps_own_date(run: Run, place: int) -> bool:
    own = run.items[place].rule.kind
    return bool(own) and own not in FROM_GO_LIVE


def is_another(due: Due, record: Dated) -> bool:
    """Another date; or none yet, and by another rule."""
    if due.on or record.due_on:
        return due.on != record.due_on
    return _is_by_another_rule(due, record)


def _is_later(due: Due, record: Dated) -> bool:
    """A later date; or where one of them is not known yet, one by another rule."""
    if due.on and record.due_on:
        return due.on > record.due_on
    return _is_by_another_rule(due, record)


def _is_by_another_rule(due: Due, record: Dated) -> bool:
    stored = (record.due_rule, record.due_days, record.due_unit)
    return (due.rule, due.days, due.unit) != stored


def set_due(record: TrainingRecord, due: Due) -> None:
    """Give an unsaved record another date by a rule; reminders of the old one no longer hold."""
    for name, value in _columns(due).items():
        setattr(record, name, value)
    keep_due(record)


def write(dates: Iterable[NewDate]) -> None:
    """Write new dates; reminders of the old ones no longer hold. One statement for each thousand
    records with the same date.
    """
    again = {"due_revision": F("due_revision") + 1, "version": F("version") + 1}
    by_due = defaultdict[Due, list[int]](list)
    for each in dates:
        by_due[each.due].append(each.record)
    for due, records in by_due.items():
        for ids in chunks(records):
            TrainingRecord.objects.filter(pk__in=Keys(ids)).update(**_columns(due), **again)


def _columns(due: Due) -> dict[str, Any]:
    return {
        "due_on": due.on,
        "due_rule": due.rule,
        "due_days": due.days,
        "due_unit": due.unit,
        "due_moved": due.moved_word,
        "is_extended": False,
    }


def keep_due(record: TrainingRecord) -> None:
    """Let an unsaved record that opens again have its reminders again."""
    record.due_revision += 1
    record.version += 1


#: What is read of a date, and the columns that `set_due` writes.
DUE = ("due_on", "due_rule", "due_days", "due_unit")
DUE_COLUMNS = (*DUE, "due_moved", "is_extended", "due_revision", "version")


def _said(run: Run, batch: Batch, person: int) -> _Said:
    fresh, known = batch.fresh[person], batch.found[person].reasons
    anew = run.dates_of(_all_ways(run, batch, person)) if fresh & known else None
    return _Said(anew, run.dates_of(ways_from_today(run, batch, person, fresh - known)))


def _new_due(run: Run, said: _Said, place: int, record: Dated) -> Due | None:
    """The date that the record should have; None when it keeps its own."""
    if said.anew and not _keeps_own_date(run, place):
        return said.anew[place]
    due = said.added[place]
    return due if due.on and due.on < (record.due_on or date.max) else None


def _all_ways(run: Run, batch: Batch, person: int) -> tuple[Way, ...]:
    found, fresh = batch.found[person], batch.fresh[person]
    since = found.assigned_on or run.today
    rules = (found.reasons | fresh) & set(batch.joined[person])
    return tuple(
        way_of(run, batch, person, pk, run.today if pk in fresh else since) for pk in sorted(rules)
    )


def _ways_left(run: Run, batch: Batch, person: int) -> tuple[Way, ...]:
    """How somebody with work ahead has the plan; nothing where a date has to wait.

    In no group any more, they are about to be withdrawn or keep it as it is.
    """
    found, joined = batch.found[person], batch.joined[person]
    rules = sorted(found.reasons & joined.keys())
    if found.state != "active" or any(run.known[pk].was_edited_since() for pk in rules):
        return ()
    return tuple(
        way_of(run, batch, person, pk, _reached_on(run, batch, person, pk)) for pk in rules
    )


def _reached_on(run: Run, batch: Batch, person: int, rule: int) -> date:
    """The day on which a rule first gave somebody the plan."""
    first = run.known[rule].first_assigned_on
    days = (batch.found[person].assigned_on, first, batch.joined[person][rule])
    return max(day for day in days if day is not None)
