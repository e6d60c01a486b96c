"""New dates for open work: when another group, or an edited rule, says so."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from change_tracker.training.models import DueRule, TrainingRecord
from change_tracker.training.models.dues import FROM_GO_LIVE
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.rules import Due, Way
from change_tracker.training.services.reading import Batch, Run, way_of, ways_from_today

#: A date that no rule gave.
NO_RULE = Q(due_rule=DueRule.NONE, due_on__isnull=False)


def redate(run: Run, batch: Batch) -> list[TrainingRecord]:
    """Unsaved records of the batch with their new dates; those whose date stays are left out.

    Through a further group the earlier date wins. An edited rule sets its date anew, also to a
    later day, except for items with a rule of their own that does not count from go-live. Who was
    given more time keeps it, and a date that no rule set for a further attempt stays. One query,
    none if nothing is fresh.
    """
    people = [person for person in batch.fresh if batch.found[person].state == "active"]
    if not people:
        return []
    keys = {batch.found[person].pk: person for person in people}
    places = run.places()
    changed = []
    for record in _movable(keys):
        due = _new_due(run, batch, keys[record.enrolment_id], places[record.item_id], record)
        if due is not None and is_another(due, record):
            set_due(record, due)
            changed.append(record)
    return changed


def date_by_the_rest(run: Run, batch: Batch) -> list[TrainingRecord]:
    """Unsaved records with the dates that the groups of the batch say once one of them is none.

    Those whose date stays are left out. The group that went is no reason of theirs any more, or its
    rule is none of the run. Each of the others counts from the day on which it first reached them.
    No date comes earlier by that, and one that no rule gave stays; so does what `redate` leaves
    alone, and whatever an edited rule is about to set anew. One query, none if nobody has work
    ahead.
    """
    ways = {found.pk: _ways_left(run, batch, person) for person, found in batch.found.items()}
    keys = [pk for pk, known in ways.items() if known]
    places, changed = run.places(), []
    for record in _movable(keys).exclude(NO_RULE) if keys else ():
        place = places.get(record.item_id)
        if place is None or _keeps_own_date(run, place):
            continue
        due = run.dates_of(ways[record.enrolment_id])[place]
        if _is_later(due, record):
            set_due(record, due)
            changed.append(record)
    return changed


def _movable(enrolments: Collection[int]) -> QuerySet[TrainingRecord]:
    records = TrainingRecord.objects.filter(
        enrolment__in=list(enrolments), state__in=OPEN_STATES, is_extended=False
    )
    return records.exclude(NO_RULE, attempt__gt=1).order_by("pk")


def _keeps_own_date(run: Run, place: int) -> bool:
    own = run.items[place].rule.kind
    return bool(own) and own not in FROM_GO_LIVE


def is_another(due: Due, record: TrainingRecord) -> bool:
    """Another date; or none yet, and by another rule."""
    if due.on or record.due_on:
        return due.on != record.due_on
    return _is_by_another_rule(due, record)


def _is_later(due: Due, record: TrainingRecord) -> bool:
    """A later date; or where one of them is not known yet, one by another rule."""
    if due.on and record.due_on:
        return due.on > record.due_on
    return _is_by_another_rule(due, record)


def _is_by_another_rule(due: Due, record: TrainingRecord) -> bool:
    stored = (record.due_rule, record.due_days, record.due_unit)
    return (due.rule, due.days, due.unit) != stored


def set_due(record: TrainingRecord, due: Due) -> None:
    """Give an unsaved record another date by a rule; reminders of the old one no longer hold."""
    record.due_on, record.due_rule, record.due_days = due.on, due.rule, due.days
    record.due_unit, record.due_moved = due.unit, due.moved_word
    record.is_extended = False
    keep_due(record)


def keep_due(record: TrainingRecord) -> None:
    """Let an unsaved record that opens again have its reminders again."""
    record.due_revision += 1
    record.version += 1


#: The columns that `set_due` writes.
DUE_COLUMNS = (
    "due_on",
    "due_rule",
    "due_days",
    "due_unit",
    "due_moved",
    "is_extended",
    "due_revision",
    "version",
)


def _new_due(run: Run, batch: Batch, person: int, place: int, record: TrainingRecord) -> Due | None:
    """The date that the record should have; None when it keeps its own."""
    fresh, found = batch.fresh[person], batch.found[person]
    edited = fresh & found.reasons
    if edited and not _keeps_own_date(run, place):
        return run.dates_of(_all_ways(run, batch, person))[place]
    due = run.dates_of(ways_from_today(run, batch, person, fresh - found.reasons))[place]
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
