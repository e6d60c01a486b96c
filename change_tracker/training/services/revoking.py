"""Taking a completion back that somebody else recorded, or long ago: the row stays, a new one asks
for the work again."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.services import create_row
from change_tracker.core.workdays import Calendar
from change_tracker.people.queries import working_calendar
from change_tracker.training.errors import NotDoneError
from change_tracker.training.models import DueRule, DueUnit, Enrolment, TrainingRecord
from change_tracker.training.rules import Rule, ahead
from change_tracker.training.services.completing import left, lock
from change_tracker.training.services.following import follow_records
from change_tracker.training.services.oneself import refuse_oneself
from change_tracker.training.services.redating import DUE_COLUMNS
from change_tracker.training.services.remaining import date_opened_again
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import ENROLMENT, RECORD


def revoke_completion(
    *,
    record: TrainingRecord,
    reason: str,
    actor: User,
    today: date,
    now: datetime,
    due_on: date | None = None,
) -> TrainingRecord:
    """Let a completed record count no longer from today on; returns the one that replaces it.

    The new one is the next attempt, due on `due_on` (default: see `due_again`, or later where the
    group that said so asks for nothing any more); where it is asked for once more already, that one
    stands. For somebody who is no longer in the plan, and of what is no longer part of it, it is
    not asked for. Raises ForbiddenError for one's own, NotDoneError, MoveRefusedError without a
    reason, ValidationError for a day that has passed.
    """
    with transaction.atomic():
        record = lock(record)
        _refuse(record, reason, actor)
        _refuse_the_past(due_on, today)
        RECORD.move(
            record, to="revoked", actor=actor, now=now, reason=reason, **left(reason, actor, today)
        )
        later = record.later_attempts().order_by("attempt").last()
        if later is not None:
            return later
        in_force = record.enrolment.periods.open().exists() and record.item.removed_on is None
        values = _again(record, due_on, today)
        if not in_force:
            values |= {"state": TrainingRecord.State.VOID, "left_on": today}
        fresh = create_row(TrainingRecord, **values, actor=actor, now=now)
        if in_force:
            take_turns([record.enrolment_id], today=today)
            follow_records(record.enrolment, actor=actor, now=now)
            if due_on is None:
                _date_by_the_groups(fresh, today)
        elif record.item.removed_on is None and record.enrolment.state == Enrolment.State.COMPLETED:
            ENROLMENT.move(record.enrolment, to="withdrawn", actor=actor, now=now, reason=reason)
    return fresh


def _refuse_the_past(due_on: date | None, today: date) -> None:
    if due_on is not None and due_on < today:
        raise ValidationError({"due_on": _("Choose a day that is still to come.")})


def _date_by_the_groups(fresh: TrainingRecord, today: date) -> None:
    """The groups that remain say by when, where the one that said so has gone."""
    if date_opened_again([fresh.pk], today=today):
        fresh.refresh_from_db(fields=("opens_on", *DUE_COLUMNS))


def due_again(record: TrainingRecord, today: date) -> date | None:
    """By when the work of a revoked `record` is due, unless somebody says otherwise.

    The date that it had, while that is ahead; else as many days as its rule gives, at least one.
    """
    if record.due_on is None or record.due_on > today:
        return record.due_on
    rule = Rule(record.due_rule, None, record.due_days, record.due_unit)
    calendar = working_calendar() if rule.unit == DueUnit.WORKING_DAYS else Calendar()
    return max(ahead(rule, today, calendar), today + timedelta(days=1))


def _refuse(record: TrainingRecord, reason: str, actor: User) -> None:
    refuse_oneself(
        record.person,
        actor,
        _("Nobody takes their own completion back this way; ask another lead or human resources."),
    )
    if record.state != TrainingRecord.State.COMPLETED:
        raise NotDoneError
    if not reason.strip():
        raise MoveRefusedError(_("Give a reason."))


def _again(record: TrainingRecord, due_on: date | None, today: date) -> dict[str, Any]:
    """The columns of the next attempt. A date that somebody chose comes from no rule."""
    by_rule = due_again(record, today)
    chosen = record.is_extended or (due_on is not None and due_on != by_rule)
    return {
        "enrolment": record.enrolment,
        "item_id": record.item_id,
        "attempt": record.attempt + 1,
        "person": record.person,
        "plan": record.plan,
        "activity": record.activity,
        "unit_id": record.unit_id,
        "activity_version": record.activity.activity_version,
        "opens_on": today,
        "due_on": due_on or by_rule,
        "due_rule": DueRule.NONE if chosen else record.due_rule,
        "due_days": None if chosen else record.due_days,
        "due_unit": DueUnit.DAYS if chosen else record.due_unit,
    }
