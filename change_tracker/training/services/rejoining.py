"""Coming back to a plan: the same enrolment, a new period, new dates for what is not done."""

from datetime import date, datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.rules import Due
from change_tracker.training.services.bulk import insert_select
from change_tracker.training.services.following import complete_finished
from change_tracker.training.services.giving import give_items
from change_tracker.training.services.reading import Batch, Run
from change_tracker.training.services.redating import DUE_COLUMNS, keep_due, set_due
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import ENROLMENT, RECORD


def rejoin(run: Run, batch: Batch, *, actor: User | None, now: datetime) -> None:
    """Put the rejoining people of a batch back in force from today on.

    What they had completed stays; what was no longer needed is to do again, by today's dates, with
    what the plan asks for since. Who had finished stays finished, and is offered what is optional.
    """
    person_of = {batch.found[person].pk: person for person in batch.rejoining}
    back = Enrolment.objects.filter(pk__in=list(person_of))
    returned = ENROLMENT.move_many(
        back.filter(state="withdrawn"),
        to="active",
        actor=actor,
        now=now,
        due_revision=F("due_revision") + 1,
    )
    back.update(assigned_on=Coalesce("assigned_on", run.today))
    insert_select(
        EnrolmentPeriod, back, enrolment=F("pk"), unit=F("person__unit"), from_on=run.today
    )
    void = TrainingRecord.objects.filter(
        Q(enrolment__in=returned) | Q(item__is_required=False),
        enrolment__in=list(person_of),
        state="void",
        item__removed_on=None,
    )
    reopened = RECORD.move_many(
        void.last_attempts(), to="not_started", actor=actor, now=now, left_on=None
    )
    _date_again(run, batch, person_of, reopened)
    # What a revision added meanwhile.
    mine = list(Enrolment.objects.filter(pk__in=returned))
    give_items(run, mine, set(run.places()), batch.rejoining.__getitem__)
    take_turns(person_of, today=run.today)
    complete_finished(list(person_of), actor=actor, now=now)


def _date_again(run: Run, batch: Batch, person_of: dict[int, int], reopened: list[int]) -> None:
    places = run.places()
    records = list(TrainingRecord.objects.filter(pk__in=reopened).order_by("pk"))
    for record in records:
        due = batch.rejoining[person_of[record.enrolment_id]][places[record.item_id]]
        if _has_longer(record, due, run.today):
            keep_due(record)
        else:
            set_due(record, due)
    TrainingRecord.objects.bulk_update(records, DUE_COLUMNS, batch_size=500)


def _has_longer(record: TrainingRecord, due: Due, today: date) -> bool:
    """Whether the date that was granted before is still ahead, and later than the rule's."""
    if not record.is_extended or record.due_on is None:
        return False
    return record.due_on >= (due.on or today)
