"""An enrolment follows its records: done when all that is required is done or exempt."""

from collections.abc import Collection
from datetime import datetime

from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.states import ENROLMENT


def follow_records(enrolment: Enrolment, *, actor: User | None, now: datetime) -> None:
    """Move a locked enrolment to where its records are; nothing when it is there already."""
    is_open = TrainingRecord.objects.filter(enrolment=enrolment).required().outstanding().exists()
    if enrolment.state == Enrolment.State.ACTIVE and not is_open:
        ENROLMENT.move(enrolment, to="completed", actor=actor, now=now)
    elif enrolment.state == Enrolment.State.COMPLETED and is_open:
        ENROLMENT.move(enrolment, to="active", actor=actor, now=now)


def complete_finished(ids: Collection[int], *, actor: User | None, now: datetime) -> None:
    """Move those of the enrolments `ids` to completed that have nothing required left to do."""
    still_open = TrainingRecord.objects.required().outstanding().filter(enrolment__in=ids)
    finished = (
        Enrolment.objects.active().filter(pk__in=ids).exclude(pk__in=still_open.values("enrolment"))
    )
    ENROLMENT.move_many(finished, to="completed", actor=actor, now=now)
