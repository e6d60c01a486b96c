"""What follows from the states of records: their enrolment's, and that nobody waits in vain."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from change_tracker.core.access import User
from change_tracker.training.models import (
    Enrolment,
    ExtensionRequest,
    Submission,
    TrainingRecord,
)
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.states import ENROLMENT, EXTENSION, SUBMISSION


def follow_records(enrolment: Enrolment, *, actor: User | None, now: datetime) -> None:
    """Move a locked enrolment to where its records are; nothing when it is there already.

    What was asked about records that are no longer open is closed.
    """
    close_requests([enrolment.pk], actor=actor, now=now)
    is_open = TrainingRecord.objects.filter(enrolment=enrolment).required().outstanding().exists()
    if enrolment.state == Enrolment.State.ACTIVE and not is_open:
        ENROLMENT.move(enrolment, to="completed", actor=actor, now=now)
    elif enrolment.state == Enrolment.State.COMPLETED and is_open:
        ENROLMENT.move(enrolment, to="active", actor=actor, now=now)


def complete_finished(ids: Collection[int], *, actor: User | None, now: datetime) -> None:
    """Move those of the enrolments `ids` to completed that have nothing required left to do.

    What was asked about records that are no longer open is closed.
    """
    close_requests(ids, actor=actor, now=now)
    still_open = TrainingRecord.objects.required().outstanding().filter(enrolment__in=ids)
    finished = (
        Enrolment.objects.active().filter(pk__in=ids).exclude(pk__in=still_open.values("enrolment"))
    )
    ENROLMENT.move_many(finished, to="completed", actor=actor, now=now)


def reopen_unfinished(
    ids: Collection[int], *, actor: User | None, now: datetime, reason: str = ""
) -> list[int]:
    """Move those of the enrolments `ids` back to active that were finished and have required work
    open; returns which.
    """
    open_work = TrainingRecord.objects.required().outstanding().filter(enrolment__in=ids)
    finished = Enrolment.objects.filter(
        pk__in=open_work.values("enrolment"), state=Enrolment.State.COMPLETED
    )
    return ENROLMENT.move_many(
        finished,
        to="active",
        reason=reason,
        actor=actor,
        now=now,
        due_revision=F("due_revision") + 1,
    )


def close_requests(ids: Collection[int], *, actor: User | None, now: datetime) -> None:
    """Withdraw requests for more time that nobody needs any more, in the enrolments `ids`, and what
    was handed in for work that does not wait for it any more.
    """
    idle = ExtensionRequest.objects.waiting().filter(record__enrolment__in=ids)
    idle = idle.exclude(record__state__in=OPEN_STATES)
    EXTENSION.move_many(idle, to="withdrawn", actor=actor, now=now, is_open=None)
    unread = Submission.objects.waiting().filter(record__enrolment__in=ids)
    unread = unread.exclude(record__state=TrainingRecord.State.SUBMITTED)
    if unread.exists():  # seldom, and cheaper to ask than to lock nothing
        SUBMISSION.move_many(unread, to="withdrawn", actor=actor, now=now, is_open=None)
