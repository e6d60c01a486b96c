"""New dates for open work: when another group, or an edited rule, says so."""

from datetime import date

from change_tracker.training.models import TrainingRecord
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.rules import Due, Rule, Way
from change_tracker.training.services.reading import Batch, Run, ways_from_today


def redate(run: Run, batch: Batch) -> list[TrainingRecord]:
    """Unsaved records of the batch with their new dates; those whose date stays are left out.

    Through a further group the earlier date wins. An edited rule sets its date anew, also to a
    later day, except for items with a rule of their own. One query, none if nothing is fresh.
    """
    people = [person for person in batch.fresh if batch.found[person].state == "active"]
    if not people:
        return []
    keys = {batch.found[person].pk: person for person in people}
    records = TrainingRecord.objects.filter(enrolment__in=list(keys), state__in=OPEN_STATES)
    places = {item[0]: place for place, item in enumerate(run.items)}
    changed = []
    for record in records.order_by("pk"):
        due = _new_due(run, batch, keys[record.enrolment_id], places[record.item_id], record)
        if due is not None and due.on != record.due_on:
            set_due(record, due)
            changed.append(record)
    return changed


def set_due(record: TrainingRecord, due: Due) -> None:
    """Give an unsaved record another date; reminders of the old one no longer hold."""
    record.due_on, record.due_rule, record.due_days = due.on, due.rule, due.days
    record.due_revision += 1
    record.version += 1


#: The columns that `set_due` writes.
DUE_COLUMNS = ("due_on", "due_rule", "due_days", "due_revision", "version")


def _new_due(run: Run, batch: Batch, person: int, place: int, record: TrainingRecord) -> Due | None:
    """The date that the record should have; None when it keeps its own."""
    fresh, found = batch.fresh[person], batch.found[person]
    edited = fresh & found.reasons
    has_own_rule = bool(run.items[place][2].kind)
    if edited and not has_own_rule:
        return run.dates_of(_all_ways(run, batch, person))[place]
    due = run.dates_of(ways_from_today(run, batch, person, fresh - found.reasons))[place]
    return due if due.on and due.on < (record.due_on or date.max) else None


def _all_ways(run: Run, batch: Batch, person: int) -> tuple[Way, ...]:
    found, fresh = batch.found[person], batch.fresh[person]
    since = found.assigned_on or run.today
    rules = (found.reasons | fresh) & set(batch.joined[person])
    return tuple(
        Way(
            Rule.of(run.known[pk]),
            batch.joined[person][pk],
            run.today if pk in fresh else since,
        )
        for pk in sorted(rules)
    )
