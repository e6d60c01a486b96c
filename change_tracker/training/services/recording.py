"""Recording for others what they did, where they cannot sign in to say so; and taking it back.

Everything here holds the locks of the enrolments, as completing and withdrawing do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, key_of
from change_tracker.core.errors import ChangeTrackerError, ForbiddenError
from change_tracker.people.models import Person
from change_tracker.signals import announce, training_completed
from change_tracker.training.errors import (
    AlreadyHandedInError,
    CannotUndoError,
    NotAttestedError,
    NotOpenError,
    NotYetOpenError,
    SignsInError,
)
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    LearningActivity,
    TrainingRecord,
)
from change_tracker.training.models.records import OPEN_STATES, undoable_since
from change_tracker.training.services.completing import lock
from change_tracker.training.services.expiring import set_expiry
from change_tracker.training.services.following import complete_finished, reopen_unfinished
from change_tracker.training.services.remaining import date_opened_again
from change_tracker.training.services.turns import take_turns, waits_for
from change_tracker.training.states import RECORD

State = TrainingRecord.State
NOT_FOR_ONESELF = _("Nobody records for themselves this way.")


class Reach(StrEnum):
    """Whether recording reaches a record, or why it leaves it out; codes for programs."""

    RECORDED = "recorded"
    DONE = "done"
    ONESELF = "oneself"
    SIGNS_IN = "has_login"
    NOT_OPEN = "not_open"
    WAITS = "handed_in"
    LOCKED = "not_yet_open"
    BY_RULE = "completion_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Records (ids) by what became of them."""

    of: Mapping[Reach, Sequence[int]]

    @property
    def recorded(self) -> Sequence[int]:
        """Those that are done now and were not before."""
        return self.of.get(Reach.RECORDED, ())


def record_for_others(
    records: QuerySet[TrainingRecord],
    *,
    actor: User,
    today: date,
    now: datetime,
    completed_on: date | None = None,
) -> Recorded:
    """Record that the people of `records` did them on `completed_on` (default: today).

    Only where somebody's word or sign-off is enough, and for people who cannot sign in; the others
    are left out. Who may record for whom is the caller's to ask (`recordable_by`). Raises
    ValidationError for a day in the future. Set-based.
    """
    day = completed_on or today
    if day > today:
        raise ValidationError({"completed_on": _("The day cannot be in the future.")})
    with transaction.atomic():
        hold(records)
        of: dict[Reach, list[int]] = {}
        rows = records.annotate(reach=_reach(actor)).order_by("pk")
        for pk, reach in rows.values_list("pk", "reach"):
            of.setdefault(Reach(reach), []).append(pk)
        complete_for(of.get(Reach.RECORDED, []), day=day, actor=actor, today=today, now=now)
    return Recorded(of=of)


def record_for_other(
    *,
    record: TrainingRecord,
    actor: User,
    today: date,
    now: datetime,
    completed_on: date | None = None,
) -> TrainingRecord:
    """The same for one record, returned up to date; what is done stays as it is.

    Raises what stands in the way: ForbiddenError for oneself, SignsInError, NotOpenError,
    NotYetOpenError, NotAttestedError, AlreadyHandedInError.
    """
    with transaction.atomic():
        record = lock(record)
        rows = TrainingRecord.objects.filter(pk=record.pk)
        done = record_for_others(rows, actor=actor, today=today, now=now, completed_on=completed_on)
        (reach,) = done.of
        if refused := _refusal(reach, record):
            raise refused
        record.refresh_from_db()
    return record


def undo_for_others(
    records: QuerySet[TrainingRecord], *, actor: User, today: date, now: datetime
) -> list[int]:
    """Open those of `records` again that `actor` recorded in the last days; returns which.

    Raises CannotUndoError when none of them is left to take back. Set-based.
    """
    with transaction.atomic():
        hold(records)
        undone = reopen(undoable(records, actor, today), actor=actor, today=today, now=now)
        if not undone:
            raise CannotUndoError(
                _("Only the one who recorded this takes it back, and only for some days.")
            )
    return undone


def undoable(
    records: QuerySet[TrainingRecord], actor: User, today: date
) -> QuerySet[TrainingRecord]:
    """Those of `records` that `actor` marked as done, not too long ago, and that are in force."""
    me = Person.objects.of_user(actor).values("pk")
    rows: Any = records.filter(
        state=State.COMPLETED,
        completed_at__gte=undoable_since(today),
        completed_by__in=me,
        item__removed_on=None,
        enrolment__in=EnrolmentPeriod.objects.open().values("enrolment"),
    )
    last: QuerySet[TrainingRecord] = rows.last_attempts()
    return last


def hold(records: QuerySet[TrainingRecord]) -> None:
    """Lock the enrolments of `records`, always in one order."""
    held = Enrolment.objects.filter(pk__in=records.order_by().values("enrolment"))
    list(held.order_by("pk").select_for_update().values_list("pk"))


def complete_for(
    ids: Sequence[int], *, day: date, actor: User, today: date, now: datetime
) -> list[int]:
    """Complete the records `ids` for others; returns those that moved. The caller holds them."""
    rows = TrainingRecord.objects.filter(pk__in=ids)
    moved = RECORD.move_many(
        rows,
        to="completed",
        actor=actor,
        now=now,
        completed_on=day,
        completed_at=now,
        completed_by=Person.objects.of_user(actor).first(),
    )
    done = TrainingRecord.objects.filter(pk__in=moved)
    found = list(done.select_related("plan", "person", "activity", "enrolment"))
    set_expiry(found)
    enrolments = {record.enrolment_id for record in found}
    take_turns(enrolments, today=today)
    complete_finished(enrolments, actor=actor, now=now)
    for record in found:
        announce(training_completed, TrainingRecord, record=record)
    return moved


def reopen(
    records: QuerySet[TrainingRecord], *, actor: User, today: date, now: datetime
) -> list[int]:
    """Open completed `records` again; returns those that moved. The caller holds them."""
    moved = RECORD.move_many(
        records,
        to="in_progress",
        actor=actor,
        now=now,
        completed_on=None,
        expires_on=None,
        completed_at=None,
        completed_by=None,
        due_revision=F("due_revision") + 1,
    )
    rows = TrainingRecord.objects.filter(pk__in=moved)
    enrolments = set(rows.values_list("enrolment", flat=True))
    take_turns(enrolments, today=today)
    reopen_unfinished(enrolments, actor=actor, now=now)
    date_opened_again(moved, today=today)
    return moved


def _reach(actor: User) -> Case:
    said = LearningActivity.SAID
    return Case(
        When(person__user=key_of(actor), then=Value(Reach.ONESELF)),
        When(state=State.COMPLETED, then=Value(Reach.DONE)),
        When(~Q(state__in=OPEN_STATES), then=Value(Reach.NOT_OPEN)),
        When(person__user__isnull=False, then=Value(Reach.SIGNS_IN)),
        When(~Q(activity__completion_rule__in=said), then=Value(Reach.BY_RULE)),
        When(state=State.SUBMITTED, then=Value(Reach.WAITS)),
        When(opens_on=None, then=Value(Reach.LOCKED)),
        default=Value(Reach.RECORDED),
        output_field=CharField(),
    )


def _refusal(reach: Reach, record: TrainingRecord) -> ChangeTrackerError | None:
    if reach == Reach.ONESELF:
        return ForbiddenError(NOT_FOR_ONESELF)
    if reach == Reach.SIGNS_IN:
        return SignsInError()
    if reach == Reach.NOT_OPEN:
        return NotOpenError()
    if reach == Reach.BY_RULE:
        return NotAttestedError()
    if reach == Reach.WAITS:
        return AlreadyHandedInError()
    return NotYetOpenError(waits_for(record)) if reach == Reach.LOCKED else None
