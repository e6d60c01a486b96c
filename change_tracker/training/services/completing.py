"""Doing the work: complete, take back, exempt. The enrolment follows its records."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.people.models import Person
from change_tracker.signals import announce, training_completed
from change_tracker.training.errors import (
    CannotUndoError,
    NotAttestedError,
    NotOpenError,
    NotYetOpenError,
)
from change_tracker.training.models import Enrolment, LearningActivity, TrainingRecord
from change_tracker.training.rules import valid_until
from change_tracker.training.services.following import follow_records
from change_tracker.training.services.oneself import refuse_oneself
from change_tracker.training.services.redating import DUE_COLUMNS
from change_tracker.training.services.remaining import date_opened_again
from change_tracker.training.services.turns import take_turns, waits_for
from change_tracker.training.states import RECORD


def lock(record: TrainingRecord) -> TrainingRecord:
    """The record as it stands, with its enrolment locked.

    Completing and withdrawing lock the enrolment before they look, so they follow each other.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=record.enrolment_id)
    fresh = as_it_stands(record)
    fresh.enrolment = enrolment
    return fresh


def as_it_stands(record: TrainingRecord) -> TrainingRecord:
    """The record read anew, with what its rules look at; nothing is locked."""
    joined = TrainingRecord.objects.select_related("plan", "person", "activity", "item")
    return joined.get(pk=record.pk)


def complete_record(
    *,
    record: TrainingRecord,
    actor: User,
    today: date,
    now: datetime,
    completed_on: date | None = None,
) -> TrainingRecord:
    """Mark the record as done on `completed_on` (default: today); returns it up to date.

    Doing it twice keeps the first date and the first time. A day before the assignment is fine:
    credit for what was learnt earlier. What follows it in the plan opens. Raises ValidationError
    for a day in the future, NotOpenError when the work is no longer asked for, NotYetOpenError
    before its turn, and NotAttestedError where nobody's word is enough.
    """
    day = completed_on or today
    if day > today:
        raise ValidationError({"completed_on": _("The day cannot be in the future.")})
    with transaction.atomic():
        record = lock(record)
        if record.state == TrainingRecord.State.COMPLETED:
            return record
        _refuse_completion(record)
        RECORD.move(
            record,
            to="completed",
            actor=actor,
            now=now,
            completed_on=day,
            expires_on=valid_until(day, record.activity.valid_months),
            completed_at=now,
            completed_by=Person.objects.of_user(actor).first(),
        )
        take_turns([record.enrolment_id], today=today)
        follow_records(record.enrolment, actor=actor, now=now)
        announce(training_completed, TrainingRecord, record=record)
    return record


def _refuse_completion(record: TrainingRecord) -> None:
    if not record.is_open():
        raise NotOpenError
    if record.is_locked():
        raise NotYetOpenError(waits_for(record))
    rule = record.activity.completion_rule
    if rule in LearningActivity.VERIFIED:
        raise NotAttestedError(_("This is done when somebody else has confirmed it."))
    if rule != LearningActivity.CompletionRule.ATTEST:
        raise NotAttestedError


def undo_completion(
    *, record: TrainingRecord, actor: User, today: date, now: datetime
) -> TrainingRecord:
    """Open a record again that `actor` marked as done; an open one stays as it is.

    What opened after it and was not begun waits for it again; a date by a group that asks for
    nothing any more gives way to what remains.
    Raises CannotUndoError when somebody else did, when it is too long ago, when the person has left
    the plan, or when the work is no longer part of it or asked for once more.
    """
    with transaction.atomic():
        record = lock(record)
        if record.is_open():
            return record
        _refuse_undo(record, actor, today)
        RECORD.move(
            record,
            to="in_progress",
            actor=actor,
            now=now,
            completed_on=None,
            expires_on=None,
            completed_at=None,
            completed_by=None,
            due_revision=F("due_revision") + 1,
        )
        take_turns([record.enrolment_id], today=today)
        follow_records(record.enrolment, actor=actor, now=now)
        if date_opened_again([record.pk], today=today):
            record.refresh_from_db(fields=("opens_on", *DUE_COLUMNS))
    return record


def _refuse_undo(record: TrainingRecord, actor: User, today: date) -> None:
    me = Person.objects.of_user(actor).first()
    if record.later_attempts().exists():
        raise CannotUndoError(_("It is asked for once more since, so this stays as it is."))
    in_force = record.enrolment.periods.open().exists()
    in_force = in_force and record.item.removed_on is None
    if record.state != TrainingRecord.State.COMPLETED or not in_force:
        raise CannotUndoError(_("This training is no longer asked for, so it stays as it is."))
    if me is None or record.completed_by_id != me.pk:
        raise CannotUndoError(_("Only the one who marked this as done can take it back."))
    if not record.can_be_undone_by(me.pk, today):
        raise CannotUndoError(_("It was marked as done too long ago to take it back."))


def left(reason: str, actor: User, today: date) -> dict[str, Any]:
    """What a record keeps of the decision that it no longer counts."""
    me = Person.objects.of_user(actor).first()
    return {"left_on": today, "left_by": me, "left_reason": reason}


def waive_record(
    *, record: TrainingRecord, reason: str, actor: User, today: date, now: datetime
) -> TrainingRecord:
    """Exempt the person from this piece of work, with a reason; an exempt one stays as it is.

    Raises ForbiddenError for one's own record, MoveRefusedError without a reason and
    IllegalMoveError when the work is not open.
    """
    with transaction.atomic():
        record = lock(record)
        refuse_oneself(
            record.person,
            actor,
            _("Nobody exempts themselves; ask the lead or human resources."),
        )
        if record.state == TrainingRecord.State.WAIVED:
            return record
        RECORD.move(
            record, to="waived", actor=actor, now=now, reason=reason, **left(reason, actor, today)
        )
        take_turns([record.enrolment_id], today=today)
        follow_records(record.enrolment, actor=actor, now=now)
    return record
