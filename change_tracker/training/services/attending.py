"""Recording who was at a session, which completes what they have to do; and correcting that.

Everything here holds the session, then the enrolments of those whom it is about.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import MoveRefusedError
from change_tracker.core.services import lock
from change_tracker.people.models import Person
from change_tracker.training.errors import NotBegunError
from change_tracker.training.models import Attendance, LearningActivity, Session, TrainingRecord
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.services.recording import complete_for, hold, reopen, undoable
from change_tracker.training.services.revoking import revoke_completion

State = TrainingRecord.State


@dataclass(slots=True, kw_only=True)
class Attended:
    """What recording did: persons (ids) noted, records by what became of them.

    `left_out` are persons whom the caller records nothing for, `kept` those whose completion
    somebody else recorded, or too long ago for the caller to take it back.
    """

    noted: list[int] = field(default_factory=list)
    completed: Sequence[int] = ()
    reopened: Sequence[int] = ()
    revoked: Sequence[int] = ()
    left_out: Sequence[int] = ()
    kept: Sequence[int] = ()


def record_attendance(
    session: Session,
    *,
    attended: Collection[int] = (),
    absent: Collection[int] = (),
    reason: str = "",
    actor: User,
    today: date,
    now: datetime,
) -> Attended:
    """Record who of those expected (ids of persons) was there, and who was not.

    Among `attended` may be walk-ins: people who have the activity to do in another initiative.
    Where the activity counts as done by attendance, this completes it on the day of the session,
    also before its turn. Whoever was there and then was not has it to do again: taken back where
    `actor` recorded it in the last days, else revoked with `reason`, by those who keep the
    session. Repeating it writes nothing.

    Raises NotBegunError, StaleRowError where the session is gone, and MoveRefusedError where a
    reason is missing; then nothing is written. Set-based, but for what is revoked.
    """
    done = Attended()
    with transaction.atomic():
        # As it is by now: it may have been put off or called off meanwhile.
        session = lock(session)
        if not session.has_begun(now):
            raise NotBegunError
        wanted = dict.fromkeys(absent, False) | dict.fromkeys(attended, True)
        may = _may(session, actor, wanted, attended)
        done.left_out = [pk for pk in wanted if pk not in may]
        known = {row.person_id: row for row in session.attendances.filter(person__in=may)}
        hold(session.records_of(list(may)))
        changed = _changed(wanted, may, known)
        gone = [known[pk] for pk, there in changed.items() if pk in known and not there]
        done.kept = _take_back(session, gone, done, reason, actor=actor, today=today, now=now)
        done.noted = [pk for pk in changed if pk not in done.kept]
        rows = _note(session, known, {pk: changed[pk] for pk in done.noted}, actor, now)
        there = [row for row in rows if row.attended]
        done.completed = _complete(session, there, actor=actor, today=today, now=now)
    return done


def _may(
    session: Session, actor: User, wanted: Collection[int], attended: Collection[int]
) -> set[int]:
    """For whom of `wanted` the caller records; who was not expected was there, or is not named."""
    expected = session.expected_for(actor).filter(pk__in=wanted)
    may = set(expected.values_list("pk", flat=True))
    others = [pk for pk in attended if pk not in may]
    if not others:
        return may
    walked_in = session.walk_ins_for(actor).filter(pk__in=others)
    return may | set(walked_in.values_list("pk", flat=True))


def _changed(
    wanted: dict[int, bool], may: set[int], known: dict[int, Attendance]
) -> dict[int, bool]:
    """What is to be written, by person: what is known already is not."""
    return {
        pk: there
        for pk, there in wanted.items()
        if pk in may and (pk not in known or known[pk].attended != there)
    }


def _note(
    session: Session,
    known: dict[int, Attendance],
    changed: dict[int, bool],
    actor: User,
    now: datetime,
) -> list[Attendance]:
    """Write who was there, with a line of history each."""
    me = Person.objects.of_user(actor).first()
    facts: dict[str, Any] = {"recorded_by": me, "recorded_at": now}
    fresh = [
        Attendance(session=session, person_id=pk, attended=there, **facts)
        for pk, there in changed.items()
        if pk not in known
    ]
    old = [known[pk] for pk in changed if pk in known]
    for row in old:
        row.attended, row.recorded_by, row.recorded_at = changed[row.person_id], me, now
        row.version += 1
    Attendance.objects.bulk_create(fresh)
    columns = ["attended", "recorded_by", "recorded_at", "version"]
    Attendance.objects.bulk_update(old, columns, batch_size=500)
    rows = list(session.attendances.filter(person__in=list(changed)).order_by("pk"))
    audit.record_many(
        audit.event(
            obj=row,
            verb="attended" if row.attended else "absent",
            actor=actor,
            now=now,
            scope=session.audit_scope,
        )
        for row in rows
    )
    return rows


def _complete(
    session: Session, rows: list[Attendance], *, actor: User, today: date, now: datetime
) -> list[int]:
    """Complete what those who were there have to do, where that is the rule."""
    if session.activity.completion_rule != LearningActivity.CompletionRule.ATTENDANCE:
        return []
    people = {row.person_id: row for row in rows}
    to_do = session.records_of(list(people)).filter(state__in=OPEN_STATES)
    ids = list(to_do.order_by("pk").values_list("pk", flat=True))
    # Whoever was there before its turn: with that its turn has come.
    TrainingRecord.objects.filter(pk__in=ids, opens_on=None).update(opens_on=today)
    day = min(session.day, today)
    moved = complete_for(ids, day=day, actor=actor, today=today, now=now)
    done = TrainingRecord.objects.filter(pk__in=moved).values_list("pk", "person")
    through = Attendance.completed.through
    through._default_manager.bulk_create(
        through(attendance_id=people[person].pk, trainingrecord_id=pk) for pk, person in done
    )
    return moved


def _take_back(
    session: Session,
    rows: list[Attendance],
    done: Attended,
    reason: str,
    **who: Any,
) -> list[int]:
    """Open again what `rows` completed; returns the persons of whom that is not the caller's."""
    through = Attendance.completed.through._default_manager
    links = through.filter(attendance__in=[row.pk for row in rows])
    completed = TrainingRecord.objects.filter(
        pk__in=links.values("trainingrecord"), state=State.COMPLETED
    )
    mine = undoable(completed, who["actor"], who["today"])
    fresh = set(mine.values_list("pk", flat=True))
    others: dict[int, list[TrainingRecord]] = defaultdict(list)
    for record in completed.exclude(pk__in=fresh).order_by("pk"):
        others[record.person_id].append(record)
    if others and not Session.objects.kept_by(who["actor"]).filter(pk=session.pk).exists():
        kept = list(others)
        mine, others = mine.exclude(person__in=kept), {}
    else:
        kept = []
    if others and not reason.strip():
        raise MoveRefusedError(_("Give a reason."))
    done.reopened = reopen(mine, **who)
    done.revoked = [
        revoke_completion(record=record, reason=reason, **who).pk
        for records in others.values()
        for record in records
    ]
    let_go = [row.pk for row in rows if row.person_id not in kept]
    through.filter(attendance__in=let_go).delete()
    return kept
