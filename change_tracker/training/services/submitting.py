"""Handing in, and what becomes of it: the person hands in or takes back, somebody else decides.

Everything here holds the enrolment's lock, as completing and withdrawing do: so each hand-in has
one outcome, and none is accepted for work that is done or no longer asked for. Only the file is
written before, because nobody is to wait for a storage.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.services import create_row
from change_tracker.core.uploads import check_upload, stored
from change_tracker.core.validators import web_address
from change_tracker.people.models import Person
from change_tracker.signals import announce, training_completed
from change_tracker.training.errors import (
    AlreadyHandedInError,
    DecidedError,
    NotHandedInError,
    NotOpenError,
    NotYetOpenError,
)
from change_tracker.training.models import LearningActivity, Submission, TrainingRecord
from change_tracker.training.rules import valid_until
from change_tracker.training.services.completing import as_it_stands, lock
from change_tracker.training.services.following import follow_records
from change_tracker.training.services.oneself import is_oneself, refuse_oneself
from change_tracker.training.services.turns import take_turns, waits_for
from change_tracker.training.states import RECORD, SUBMISSION

Rule = LearningActivity.CompletionRule


def hand_in(
    *,
    record: TrainingRecord,
    actor: User,
    today: date,
    now: datetime,
    file: Any = None,
    link: str = "",
    note: str = "",
) -> Submission:
    """Hand in a file or a link for one's own record, or say that one is ready for a sign-off.

    For people who cannot sign in others do so; for whom is the caller's to ask (`recordable_by`).
    It then waits to be looked at. Raises ValidationError for a file or link that is not taken,
    ForbiddenError for somebody else's record, NotOpenError, NotYetOpenError, NotHandedInError where
    the activity asks for nothing of the kind, AlreadyHandedInError while another one waits.
    """
    record = as_it_stands(record)
    _refuse_handing_in(record)
    values = _judged(record.activity.completion_rule, file, link)
    with stored(file) as kept, transaction.atomic():
        record = lock(record)
        oneself = is_oneself(record.person, actor)
        if not oneself and record.person.user_id is not None:
            raise ForbiddenError(_("Only the person whose training it is hands something in."))
        _refuse_handing_in(record)
        submission = create_row(
            Submission,
            record=record,
            handed_in_on=today,
            handed_in_by=None if oneself else Person.objects.of_user(actor).first(),
            file=kept,
            note=note,
            actor=actor,
            now=now,
            **values,
        )
        RECORD.move(record, to="submitted", actor=actor, now=now)
    return submission


def take_back_submission(*, submission: Submission, actor: User, now: datetime) -> Submission:
    """Take back what one handed in oneself; what was taken back stays as it is.

    Raises ForbiddenError for somebody else's, and DecidedError when it was looked at already.
    """
    with transaction.atomic():
        submission = _lock(submission)
        if not is_oneself(submission.handed_in_by or submission.record.person, actor):
            raise ForbiddenError(_("Only the one who handed something in takes it back."))
        if submission.state == Submission.State.WITHDRAWN:
            return submission
        _refuse_decided(submission)
        SUBMISSION.move(submission, to="withdrawn", actor=actor, now=now, is_open=None)
        _reopen(submission.record, actor, now)
    return submission


def accept_submission(
    *, submission: Submission, actor: User, today: date, now: datetime, answer: str = ""
) -> Submission:
    """Confirm it: the record is completed, on the day on which it was handed in.

    Raises ForbiddenError for one's own, and DecidedError when it does not wait any more.
    """
    with transaction.atomic():
        submission = _lock_for_decision(submission, actor)
        decided = _decided(actor, today)
        SUBMISSION.move(
            submission,
            to="accepted",
            actor=actor,
            now=now,
            reason=answer,
            answer=answer,
            **decided,
        )
        record = submission.record
        RECORD.move(
            record,
            to="completed",
            actor=actor,
            now=now,
            completed_on=submission.handed_in_on,
            expires_on=valid_until(submission.handed_in_on, record.activity.valid_months),
            completed_at=now,
            completed_by=decided["decided_by"],
        )
        take_turns([record.enrolment_id], today=today)
        follow_records(record.enrolment, actor=actor, now=now)
        announce(training_completed, TrainingRecord, record=record)
    return submission


def return_submission(
    *, submission: Submission, answer: str, actor: User, today: date, now: datetime
) -> Submission:
    """Give it back, with a note that says what is missing; the record is in progress again.

    Raises ForbiddenError for one's own, DecidedError, and MoveRefusedError without a note.
    """
    with transaction.atomic():
        submission = _lock_for_decision(submission, actor)
        SUBMISSION.move(
            submission,
            to="returned",
            actor=actor,
            now=now,
            reason=answer,
            answer=answer,
            **_decided(actor, today),
        )
        _reopen(submission.record, actor, now, answer)
    return submission


def _reopen(record: TrainingRecord, actor: User, now: datetime, reason: str = "") -> None:
    """Back to the person, who is reminded of it again."""
    again = {"due_revision": F("due_revision") + 1}
    RECORD.move(record, to="in_progress", actor=actor, now=now, reason=reason, **again)


def _decided(actor: User, today: date) -> dict[str, Any]:
    me = Person.objects.of_user(actor).first()
    return {"is_open": None, "decided_by": me, "decided_on": today}


def _judged(rule: str, file: Any, link: str) -> dict[str, Any]:
    """The columns that hold what was handed in; raises ValidationError by field."""
    if rule == Rule.SIGN_OFF:
        if file or link:
            words = _("Here you only say that you are ready; nothing else is needed.")
            raise ValidationError({"file": words})
        return {}
    if bool(file) == bool(link):
        raise ValidationError({"file": _("Choose a file, or give a link: one of the two.")})
    try:
        if file:
            return {"file_name": check_upload(file)}
        web_address(link)
    except ValidationError as error:
        raise ValidationError({"file" if file else "link": error.messages}) from error
    return {"link": link}


def _refuse_handing_in(record: TrainingRecord) -> None:
    if not record.is_open():
        raise NotOpenError
    if record.is_locked():
        raise NotYetOpenError(waits_for(record))
    if record.activity.completion_rule not in LearningActivity.VERIFIED:
        raise NotHandedInError
    if record.state == TrainingRecord.State.SUBMITTED:
        raise AlreadyHandedInError


def _lock(submission: Submission) -> Submission:
    """It as it stands, with the enrolment of its record locked."""
    record = lock(submission.record)
    fresh = Submission.objects.get(pk=submission.pk)
    fresh.record = record
    return fresh


def _lock_for_decision(submission: Submission, actor: User) -> Submission:
    submission = _lock(submission)
    refuse_oneself(
        submission.record.person,
        actor,
        _("Nobody confirms their own; ask your manager or another lead."),
    )
    _refuse_decided(submission)
    return submission


def _refuse_decided(submission: Submission) -> None:
    if submission.state != Submission.State.WAITING:
        raise DecidedError
