"""Coming back to a plan: the same enrolment, a new period, new dates for what is not done."""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.services.bulk import insert_select
from change_tracker.training.services.following import complete_finished
from change_tracker.training.services.reading import Batch, Run
from change_tracker.training.services.redating import DUE_COLUMNS, set_due
from change_tracker.training.states import ENROLMENT, RECORD


def rejoin(run: Run, batch: Batch, *, actor: User | None, now: datetime) -> None:
    """Put the rejoining people of a batch back in force from today on.

    What they had completed stays; what was no longer needed is to do again, by today's dates.
    """
    person_of = {batch.found[person].pk: person for person in batch.rejoining}
    back = Enrolment.objects.filter(pk__in=list(person_of))
    ENROLMENT.move_many(
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
    void = TrainingRecord.objects.filter(enrolment__in=list(person_of), state="void")
    reopened = RECORD.move_many(void, to="not_started", actor=actor, now=now, left_on=None)
    _date_again(run, batch, person_of, reopened)
    complete_finished(list(person_of), actor=actor, now=now)


def _date_again(run: Run, batch: Batch, person_of: dict[int, int], reopened: list[int]) -> None:
    places = {item[0]: place for place, item in enumerate(run.items)}
    records = list(TrainingRecord.objects.filter(pk__in=reopened).order_by("pk"))
    for record in records:
        dates = batch.rejoining[person_of[record.enrolment_id]]
        set_due(record, dates[places[record.item_id]])
    TrainingRecord.objects.bulk_update(records, DUE_COLUMNS, batch_size=500)
