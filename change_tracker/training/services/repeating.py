"""Asking once more for what is done: a further attempt, and the completion stays as it is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.models.records import TrainingRecordQuerySet
from change_tracker.training.rules import Due
from change_tracker.training.services.following import reopen_unfinished
from change_tracker.training.services.giving import BATCH, new_record
from change_tracker.training.services.leaving import chunks
from change_tracker.training.services.reading import batch_of, dates_in_force, start
from change_tracker.training.services.turns import take_turns

#: When something is due again, from what was done before and what the plan's rules say today.
DueAgain = Callable[[TrainingRecord, Due], Due]


def ask_again(
    done: TrainingRecordQuerySet,
    *,
    reason: str,
    actor: User | None,
    today: date,
    now: datetime,
    due_again: DueAgain = lambda _record, due: due,
) -> list[TrainingRecord]:
    """Ask for the completed records `done` once more; returns the new ones.

    Who had finished the plan has it open again where something required is asked for. `done` is
    read again once its enrolments are locked. Set-based: a few statements for each plan and each
    thousand enrolments.
    """
    plans = done.order_by("plan").values_list("plan", flat=True).distinct()
    fresh: list[TrainingRecord] = []
    for plan in TrainingPlan.objects.select_related("initiative").filter(pk__in=list(plans)):
        for ids in _enrolments(done.filter(plan=plan)):
            with transaction.atomic():
                records = _locked(done, ids)
                made = _make(plan, records, today, due_again)
                take_turns(ids, today=today)
                reopen_unfinished(ids, reason=reason, actor=actor, now=now)
            fresh += made
    return fresh


def _enrolments(done: TrainingRecordQuerySet) -> Iterator[list[int]]:
    found = done.order_by("enrolment").values_list("enrolment", flat=True).distinct()
    return chunks(list(found))


def _locked(done: TrainingRecordQuerySet, ids: Sequence[int]) -> list[TrainingRecord]:
    """The completions that are still the last word, with their enrolments locked."""
    rows = Enrolment.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    enrolments = {row.pk: row for row in rows}
    records = list(done.filter(enrolment__in=ids).order_by("enrolment", "pk"))
    for record in records:
        record.enrolment = enrolments[record.enrolment_id]
    return records


def _make(
    plan: TrainingPlan, records: Sequence[TrainingRecord], today: date, due_again: DueAgain
) -> list[TrainingRecord]:
    run = start(plan, today, list(plan.audiences.filter(first_assigned_on__isnull=False)))
    batch = batch_of(run, [record.person_id for record in records], lock=False)
    places = run.places()
    fresh = []
    for record in records:
        place = places[record.item_id]
        due = due_again(record, dates_in_force(run, batch, record.person_id)[place])
        made = new_record(
            run, record.enrolment, run.items[place], due, record.attempt + 1, record.unit_id
        )
        fresh.append(made)
    return TrainingRecord.objects.bulk_create(fresh, batch_size=BATCH)
