"""Planning: every step that is due by now becomes one reminder, from the rows as they are.

Level-triggered: what was missed is found the next time, what is there already is left alone.
`attach` then puts what is planned into the mail of the day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import rules
from change_tracker.reminders.attach import attach
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.recipients import (
    Recipient,
    recipients,
    sending_window,
    shared_addresses,
    zone_of,
)
from change_tracker.reminders.states import cancel
from change_tracker.training.models import Enrolment, TrainingRecord

BATCH = 1000
#: Steps that one tick plans at most of each kind, so that sending begins soon; the next goes on.
AT_ONCE = 20_000
#: Any number, the same for every planner on one database.
LOCK = 0x0C7A_0001
#: Whose training is written about; of these, one on hold waits for its mail.
SPOKEN_OF = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING, Initiative.State.ON_HOLD)
STEPS = {step.name: step for step in (rules.ASSIGNED, rules.ADDED, *rules.BY_DUE_DATE)}
Reason = Reminder.ClosedReason
State = Reminder.State


@dataclass(slots=True)
class Planned:
    """What one tick planned; `attached` counts what now has a mail, also from earlier ticks."""

    planned: int = 0
    unreachable: int = 0
    left: int = 0
    expired: int = 0
    superseded: int = 0
    attached: int = 0
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """One step that is due and was not planned yet."""

    step: rules.Step
    subject_id: int
    person_id: int
    due_revision: int
    anchor_on: date

    @property
    def is_notice(self) -> bool:
        """Whether the subject is an enrolment, not a record."""
        return self.step is rules.ASSIGNED

    @property
    def key(self) -> str:
        """What makes it the same thing, however often it is planned."""
        subject = f"{'e' if self.is_notice else 'r'}{self.subject_id}"
        return f"{self.step.kind}:{subject}:{self.person_id}:{self.due_revision}:{self.step.name}"


def plan_reminders(*, now: datetime) -> Planned:
    """Plan everything that is due by `now`. Repeating it plans nothing twice.

    Constant queries for each thousand steps that are new; the rest is never read.
    """
    done = Planned()
    # Asked when there is somebody to write to, and once: it reads every person.
    shared = cache(lambda: shared_addresses(now))
    for today, people in local_days(now):
        for find in (_notices, _additions, _dated):
            for batch in batches(owed(find(today), today, people)):
                with transaction.atomic():
                    if not alone():
                        done.skipped = True
                        return done
                    insert(batch, now=now, done=done, shared=shared())
    done.attached = attach(now=now, may_begin=alone)
    return done


def alone() -> bool:
    """Whether no other planner works in this moment; held until the transaction ends.

    Without such a lock (SQLite, MariaDB) two planners do the same work twice, to one effect.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def local_days(now: datetime) -> list[tuple[date, Q]]:
    """The dates on people's walls now, at most three, each with the condition on its persons."""
    site_day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    elsewhere: dict[date, list[str]] = {}
    for name in Person.objects.order_by().values_list("timezone", flat=True).distinct():
        day = now.astimezone(zone_of(name)).date()
        if day != site_day:
            elsewhere.setdefault(day, []).append(name)
    abroad = [name for names in elsewhere.values() for name in names]
    here = ~Q(person__timezone__in=abroad) if abroad else Q()
    return [
        (site_day, here),
        *((day, Q(person__timezone__in=names)) for day, names in elsewhere.items()),
    ]


def owed(rows: "models.QuerySet[Any]", today: date, people: Q) -> list[Owed]:
    """The steps that `rows` have on `today`, where there is somebody to tell; at most AT_ONCE."""
    rows = rows.filter(
        people,
        Q(person__starts_on=None) | Q(person__starts_on__lte=today),
        plan__initiative__state__in=SPOKEN_OF,
    ).order_by()
    found = rows.values_list("owed_step", "pk", "person_id", "due_revision", "anchor_on")[:AT_ONCE]
    return [Owed(STEPS[name], *row) for name, *row in found]


def _notices(today: date) -> "models.QuerySet[Enrolment]":
    # Older ones expired: three days, and the weekend in which nothing leaves.
    first = rules.notice_window(today)
    told = Reminder.objects.filter(enrolment=OuterRef("pk"), due_revision=OuterRef("due_revision"))
    new = Enrolment.objects.active().filter(
        ~Exists(told), assigned_on__gte=first, assigned_on__lte=today
    )
    return new.annotate(owed_step=Value(rules.ASSIGNED.name), anchor_on=F("assigned_on"))


def _additions(today: date) -> "models.QuerySet[TrainingRecord]":
    """What people who have a plan got as well, and have not read of yet."""
    told = Reminder.objects.filter(record=OuterRef("pk"), due_revision=OuterRef("due_revision"))
    days = {"added_on__gte": rules.notice_window(today), "added_on__lte": today}
    fresh = TrainingRecord.objects.to_do().opened().filter(~Exists(told), **days)
    had_the_rest = Q(enrolment__assigned_on=None) | Q(enrolment__assigned_on__lt=F("added_on"))
    new = fresh.filter(had_the_rest, enrolment__state=Enrolment.State.ACTIVE)
    return new.annotate(owed_step=Value(rules.ADDED.name), anchor_on=F("added_on"))


def _dated(today: date) -> "models.QuerySet[TrainingRecord]":
    """Records whose due date has a step today that was not planned yet."""
    told = Reminder.objects.filter(
        record=OuterRef("pk"), step=OuterRef("owed_step"), due_revision=OuterRef("due_revision")
    )
    bands = (When(_in_band(step, today), then=Value(step.name)) for step in rules.BY_DUE_DATE)
    # What is due later has no step: nothing of it is read.
    _first, last = rules.band(rules.BY_DUE_DATE[0], today)
    return (
        TrainingRecord.objects.to_do()
        .opened()
        .filter(due_on__lte=last, enrolment__state=Enrolment.State.ACTIVE)
        .annotate(owed_step=Case(*bands, output_field=CharField()), anchor_on=F("due_on"))
        .filter(~Exists(told), owed_step__isnull=False)
    )


def _in_band(step: rules.Step, today: date) -> Q:
    """The due dates of `band`, each with what it asks of the day on which the person got it."""
    first, last = rules.band(step, today)
    if first is None:
        return Q(due_on__lte=last)
    if step.always_goes:
        return Q(due_on__gte=first, due_on__lte=last)
    # Day by day: adding days to a column is not the same thing in every database.
    condition = Q(pk__in=[])
    for due_on in rules.days(first, last):
        before = rules.day_of(step, due_on)
        known = Q(enrolment__assigned_on=None) | Q(enrolment__assigned_on__lt=before)
        known &= Q(added_on=None) | Q(added_on__lt=before)
        condition |= Q(due_on=due_on) & known
    return condition


def batches(steps: Sequence[Owed]) -> Iterator[Sequence[Owed]]:
    return (steps[start : start + BATCH] for start in range(0, len(steps), BATCH))


def insert(steps: Sequence[Owed], *, now: datetime, done: Planned, shared: frozenset[str]) -> None:
    """Write a row for each of `steps`, also for those that never leave, with the reason."""
    people = recipients({each.person_id for each in steps}, now=now, shared=shared)
    window = sending_window()
    rows = [_reminder(each, people[each.person_id], now, window) for each in steps]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    records = [each.subject_id for each in steps if not each.is_notice]
    if records:
        earlier = Reminder.objects.planned().filter(record__in=records)
        kept = [each.key for each in steps]
        done.superseded += cancel(earlier.exclude(dedupe_key__in=kept), Reason.SUPERSEDED)
    for row in rows:
        done.planned += row.state == State.PLANNED
        done.expired += row.state == State.EXPIRED
        done.left += row.closed_reason == Reason.LEFT
        done.unreachable += row.closed_reason == Reason.UNREACHABLE


def _reminder(owed_step: Owed, to: Recipient, now: datetime, window: rules.Window) -> Reminder:
    step, today = owed_step.step, to.today(now)
    send_on = window.workday(rules.day_of(step, owed_step.anchor_on), to.away)
    expires_at = rules.expires_at(step, window.opens(send_on, to.zone))
    state, reason = State.PLANNED, ""
    if not to.person.is_active(today):
        state, reason = State.CANCELLED, Reason.LEFT
    elif not to.address:
        state, reason = State.CANCELLED, Reason.UNREACHABLE
    elif expires_at is not None and expires_at <= now:
        state = State.EXPIRED
    return Reminder(
        recipient=to.person,
        kind=step.kind,
        step=step.name,
        enrolment_id=owed_step.subject_id if owed_step.is_notice else None,
        record_id=None if owed_step.is_notice else owed_step.subject_id,
        dedupe_key=owed_step.key,
        due_revision=owed_step.due_revision,
        state=state,
        closed_reason=reason,
        send_on=send_on,
        expires_at=expires_at,
        planned_at=now,
    )
