"""Writing corrections of known rows, each with a line of history."""

from datetime import date, datetime
from typing import Any

from django.db.models import DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, EnrolmentPeriod, TrainingRecord
from change_tracker.training.services.following import (
    close_requests,
    complete_finished,
    reopen_unfinished,
)
from change_tracker.training.services.importing.comparing import Corrections
from change_tracker.training.services.importing.names import Names
from change_tracker.training.services.importing.writing import period_of
from change_tracker.training.services.remaining import date_opened_again
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import ENROLMENT, RECORD

BATCH = 500


def write_corrections(
    found: Corrections, names: Names, *, actor: User | None, today: date, now: datetime
) -> list[int]:
    """Carry `found` out: columns first, then the moves of states, which the tables decide.

    Returns the enrolments that were finished and have work to do again, of those in force.
    """
    context: dict[str, Any] = {"actor": actor, "now": now}
    write_columns(TrainingRecord, found.records, **context)
    write_columns(Enrolment, found.enrolments, **context)
    EnrolmentPeriod.objects.bulk_update(
        found.periods, ["from_on", "to_on", "is_open"], batch_size=BATCH
    )
    periods = (period_of(each, enrolment, names) for each, enrolment in found.new_periods)
    EnrolmentPeriod.objects.bulk_create(filter(None, periods))
    return _move(found, today, **context)


def write_columns(
    model: Any,
    changed: list[tuple[Any, dict[str, Any]]],
    *,
    verb: str = "corrected",
    actor: User | None,
    now: datetime,
) -> None:
    """Write each row's own values to its columns, with a line of history called `verb`.

    The rows are locked and fresh; never their state. One UPDATE for BATCH rows.
    """
    for row, facts in changed:
        for name, value in facts.items():
            setattr(row, name, value)
        row.version += 1
    names = sorted({name for _row, facts in changed for name in facts})
    if names:
        rows = [row for row, _facts in changed]
        model.objects.bulk_update(rows, [*names, "version"], batch_size=BATCH)
    audit.record_many(
        audit.event(
            obj=row,
            verb=verb,
            actor=actor,
            now=now,
            scope=row.audit_scope,
            changes={
                name: audit.plain(model._meta.get_field(name), value)
                for name, value in facts.items()
            },
        )
        for row, facts in changed
    )


def _move(found: Corrections, today: date, **context: Any) -> list[int]:
    done = TrainingRecord.objects.filter(pk__in=found.complete)
    RECORD.move_many(done.filter(state="void"), to="not_started", left_on=None, **context)
    # Done elsewhere before its turn here: with that its turn has come.
    done.filter(opens_on=None).update(opens_on=F("completed_on"))
    RECORD.move_many(done, to="completed", **context)
    RECORD.move_many(
        TrainingRecord.objects.filter(pk__in=found.reopen),
        to="in_progress",
        completed_on=None,
        expires_on=None,
        completed_at=None,
        due_revision=F("due_revision") + 1,
        **context,
    )
    records = TrainingRecord.objects.filter(pk__in=[*found.complete, *found.reopen])
    touched = set(records.values_list("enrolment", flat=True))
    touched |= {*found.withdraw, *found.extended}
    take_turns(touched, today=today)
    complete_finished(touched, **context)
    reopened = reopen_unfinished(touched, **context)
    date_opened_again(found.reopen, today=today)
    ended = [*found.withdraw, *(pk for pk in found.left if pk in touched)]
    _end(ended, touched, today, **context)
    return [pk for pk in reopened if pk not in found.left]


def _end(withdrawn: list[int], touched: set[int], today: date, **context: Any) -> None:
    """Withdraw, and void what is open in enrolments that are no longer in force."""
    ENROLMENT.move_many(
        Enrolment.objects.active().filter(pk__in=withdrawn), to="withdrawn", **context
    )
    ended = EnrolmentPeriod.objects.filter(enrolment=OuterRef("enrolment")).order_by("-to_on")
    left_on = Coalesce(Subquery(ended.values("to_on")[:1]), Value(today, output_field=DateField()))
    gone = TrainingRecord.objects.outstanding().filter(
        enrolment__in=touched, enrolment__state="withdrawn"
    )
    RECORD.move_many(gone, to="void", left_on=left_on, **context)
    close_requests(touched, **context)
    void = TrainingRecord.objects.filter(enrolment__in=withdrawn, state="void")
    void.update(left_on=left_on)
