"""More time: the person asks or takes it back, the manager or a lead grants or refuses.

Everything here holds the enrolment's lock, as completing and withdrawing do: so each request has
one answer, and none is granted for work that is done.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ForbiddenError
from change_tracker.core.services import create_row
from change_tracker.people.models import Person
from change_tracker.training.errors import (
    AlreadyAskedError,
    AnsweredError,
    NoDateError,
    NotOpenError,
)
from change_tracker.training.models import ExtensionRequest, TrainingRecord
from change_tracker.training.services.bulk import insert_select
from change_tracker.training.services.completing import lock
from change_tracker.training.services.leaving import chunks
from change_tracker.training.services.oneself import is_oneself, refuse_oneself
from change_tracker.training.states import EXTENSION


def ask_for_time(
    *, record: TrainingRecord, wanted_on: date, reason: str, actor: User, today: date, now: datetime
) -> ExtensionRequest:
    """Ask for a later date for one's own record; returns the request, which waits for an answer.

    Raises ForbiddenError for somebody else's record, ValidationError for a date that is no gain,
    NotOpenError, NoDateError, and AlreadyAskedError while another request waits.
    """
    with transaction.atomic():
        record = lock(record)
        if not is_oneself(record.person, actor):
            raise ForbiddenError(_("Only the person whose training it is asks for more time."))
        _refuse_date("wanted_on", wanted_on, record, today)
        if record.extensions.waiting().exists():
            raise AlreadyAskedError
        return create_row(
            ExtensionRequest,
            record=record,
            asked_on=today,
            wanted_on=wanted_on,
            reason=reason,
            actor=actor,
            now=now,
        )


def take_back_request(*, request: ExtensionRequest, actor: User, now: datetime) -> ExtensionRequest:
    """Withdraw one's own request; a withdrawn one stays as it is.

    Raises ForbiddenError for somebody else's, and AnsweredError when it was answered already.
    """
    with transaction.atomic():
        request = _lock(request)
        if not is_oneself(request.record.person, actor):
            raise ForbiddenError(_("Only the one who asked takes a request back."))
        if request.state == ExtensionRequest.State.WITHDRAWN:
            return request
        _refuse_answered(request)
        return EXTENSION.move(request, to="withdrawn", actor=actor, now=now, is_open=None)


def grant_time(
    *,
    request: ExtensionRequest,
    due_on: date,
    answer: str = "",
    actor: User,
    today: date,
    now: datetime,
) -> ExtensionRequest:
    """Give the record of `request` the date `due_on`, which no rule takes back from then on.

    It may be another date than the one wanted. Reminders of the old date no longer hold. Raises
    ForbiddenError for oneself, AnsweredError, and ValidationError for a date that is no gain.
    """
    with transaction.atomic():
        request = _lock_for_answer(request, actor)
        _refuse_date("due_on", due_on, request.record, today)
        granted = EXTENSION.move(
            request,
            to="granted",
            actor=actor,
            now=now,
            reason=answer,
            due_on=due_on,
            answer=answer,
            **_decided(actor, today),
        )
        extend(TrainingRecord.objects.filter(pk=request.record_id), due_on)
    return granted


def refuse_time(
    *, request: ExtensionRequest, answer: str, actor: User, today: date, now: datetime
) -> ExtensionRequest:
    """Say no to `request`, with a reason; the date stays.

    Raises ForbiddenError for oneself, AnsweredError, and MoveRefusedError without a reason.
    """
    with transaction.atomic():
        request = _lock_for_answer(request, actor)
        return EXTENSION.move(
            request,
            to="refused",
            actor=actor,
            now=now,
            reason=answer,
            answer=answer,
            **_decided(actor, today),
        )


def give_time(
    records: QuerySet[TrainingRecord],
    *,
    due_on: date,
    answer: str,
    actor: User,
    today: date,
    now: datetime,
) -> int:
    """Grant `due_on` for all of `records`, asked for or not; returns how many.

    Five statements for each thousand, beside history. The caller has locked their enrolments.
    """
    ids = list(records.order_by("pk").values_list("pk", flat=True))
    facts = {"due_on": due_on, "answer": answer} | _decided(actor, today)
    for part in chunks(ids):
        chosen = TrainingRecord.objects.filter(pk__in=part)
        waiting = ExtensionRequest.objects.waiting().filter(record__in=part)
        unasked = chosen.exclude(pk__in=waiting.values("record"))
        insert_select(ExtensionRequest, unasked, record=F("pk"), wanted_on=due_on)
        EXTENSION.move_many(waiting, to="granted", actor=actor, now=now, reason=answer, **facts)
        extend(chosen, due_on)
    return len(ids)


def extend(records: QuerySet[TrainingRecord], due_on: date) -> None:
    """Give `records` a date that stands above every rule. One statement."""
    records.update(
        due_on=due_on,
        is_extended=True,
        due_revision=F("due_revision") + 1,
        version=F("version") + 1,
    )


def _decided(actor: User, today: date) -> dict[str, Any]:
    me = Person.objects.of_user(actor).first()
    return {"is_open": None, "decided_by": me, "decided_on": today}


def _lock(request: ExtensionRequest) -> ExtensionRequest:
    """The request as it stands, with the enrolment of its record locked."""
    record = lock(request.record)
    fresh = ExtensionRequest.objects.get(pk=request.pk)
    fresh.record = record
    return fresh


def _lock_for_answer(request: ExtensionRequest, actor: User) -> ExtensionRequest:
    request = _lock(request)
    refuse_oneself(
        request.record.person,
        actor,
        _("Nobody answers their own request; ask your manager or another lead."),
    )
    _refuse_answered(request)
    return request


def _refuse_answered(request: ExtensionRequest) -> None:
    if request.state != ExtensionRequest.State.REQUESTED:
        raise AnsweredError


def _refuse_date(name: str, day: date, record: TrainingRecord, today: date) -> None:
    """Raise unless `day` would give an open record more time."""
    if not record.is_open():
        raise NotOpenError
    if record.due_on is None:
        raise NoDateError
    if day <= record.due_on:
        raise ValidationError({name: _("Choose a day after the date that it is due now.")})
    if day < today:
        raise ValidationError({name: _("Choose a day that is still to come.")})
