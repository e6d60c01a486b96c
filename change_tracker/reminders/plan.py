"""Planning: every step that is due by now becomes one reminder, from the rows as they are.

Level-triggered: what was missed is found the next time, what is there already is left alone.
`attach` then puts what is planned into the mail of the day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q

from change_tracker.core.conf import get_conf
from change_tracker.core.workdays import Calendar
from change_tracker.people.models import Person
from change_tracker.people.queries import working_calendar
from change_tracker.reminders import rules
from change_tracker.reminders.attach import attach
from change_tracker.reminders.inforce import Part, parts
from change_tracker.reminders.kinds import RULES
from change_tracker.reminders.models import Digest, Heartbeat, Reminder
from change_tracker.reminders.owed import AT_ONCE, Owed, Search, Within, owed
from change_tracker.reminders.recipients import (
    Recipient,
    recipients,
    sending_window,
    shared_addresses,
    zone_of,
)
from change_tracker.reminders.states import cancel
from change_tracker.reminders.trainings import own

BATCH = 1000
#: Any number, the same for every planner on one database.
LOCK = 0x0C7A_0001
Reason, State, To = Reminder.ClosedReason, Reminder.State, Reminder.To


@dataclass(slots=True)
class Planned:
    """What one tick planned; `attached` counts what now has a mail, also from earlier ticks."""

    planned: int = 0
    unreachable: int = 0
    left: int = 0
    expired: int = 0
    superseded: int = 0
    enough: int = 0
    attached: int = 0
    skipped: bool = False


def plan_reminders(*, now: datetime, only: Within | None = None) -> Planned:
    """Plan everything that is due by `now`, or that of one initiative or person only. Repeating it
    plans nothing twice.

    Constant queries for each thousand steps that are new; the rest is never read.
    """
    done = Planned()
    # Asked when there is somebody to write to, and once: it reads every person.
    shared = cache(lambda: shared_addresses(now))
    calendar = working_calendar()
    for search in searches(now, calendar):
        if is_over(search):
            continue
        found = owed(search, only)
        for batch in batches(found):
            with transaction.atomic():
                if not alone():
                    done.skipped = True
                    return done
                insert(batch, now=now, done=done, shared=shared(), calendar=calendar)
        if len(found) < AT_ONCE and only is None:
            note_end(search)
    done.attached = attach(now=now, may_begin=alone, only=only)
    return done


def searches(now: datetime, calendar: Calendar) -> Sequence[Search]:
    """Everything that could be owed now, what people are told of their own training first."""
    summary_days = tuple(get_conf().summary_days)
    return _searches(tuple(local_days(now)), tuple(parts()), calendar, summary_days)


@lru_cache(maxsize=32)
def _searches(
    days: Sequence[tuple[date, Q]],
    found: Sequence[Part],
    calendar: Calendar,
    _summary_days: Sequence[int],
) -> Sequence[Search]:
    """The same questions in every tick of a day: building them takes longer than asking them.

    They look at nothing but what is handed in, and at the days of summaries.
    """
    made = [search for today, people in days for search in own(today, people, found, calendar)]
    # Of the rest, the first day that begins anywhere: it leaves on the recipient's own.
    today = max(day for day, _people in days)
    for rule in RULES:
        made += filter(None, rule.searches(today, found, calendar))
    return made


def is_over(search: Search) -> bool:
    """Whether it is one that is looked for once, and was."""
    if search.once is None:
        return False
    name = search.steps[0].kind
    return Heartbeat.objects.filter(name=name, at=search.once).exists()


def note_end(search: Search) -> None:
    """Write down that all of it is planned; a planner that dies before looks for the rest again."""
    if search.once is not None:
        name = search.steps[0].kind
        Heartbeat.objects.update_or_create(name=name, defaults={"at": search.once})


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


def batches(steps: Sequence[Owed]) -> Iterator[Sequence[Owed]]:
    return (steps[start : start + BATCH] for start in range(0, len(steps), BATCH))


def insert(
    steps: Sequence[Owed],
    *,
    now: datetime,
    done: Planned,
    shared: frozenset[str],
    calendar: Calendar,
) -> None:
    """Write a row for each of `steps`, also for those that never leave, with the reason.

    All are about the same kind of thing, and to the same kind of person.
    """
    people = recipients({each.person_id for each in steps}, now=now, shared=shared)
    window = sending_window()
    enough = _told_enough(steps)
    rows = [_reminder(each, people[each.person_id], now, window, calendar) for each in steps]
    for row in rows:
        if row.dedupe_key in enough and row.state == State.PLANNED:
            row.state, row.closed_reason = State.CANCELLED, Reason.ENOUGH
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    done.superseded += _supersede(steps)
    for row in rows:
        done.planned += row.state == State.PLANNED
        done.expired += row.state == State.EXPIRED
        done.left += row.closed_reason == Reason.LEFT
        done.unreachable += row.closed_reason == Reason.UNREACHABLE
        done.enough += row.closed_reason == Reason.ENOUGH


def _told_enough(steps: Sequence[Owed]) -> set[str]:
    """The keys of those of which the person was reminded so often that it is the lead's now."""
    of_own = [
        each
        for each in steps
        if each.step.to == To.SELF and each.step.kind in {Reminder.Kind.DUE, Reminder.Kind.LATE}
    ]
    if not of_own:
        return set()
    sent = Reminder.objects.filter(
        record__in=[each.subject_id for each in of_own],
        to=To.SELF,
        kind__in=[Reminder.Kind.DUE, Reminder.Kind.LATE],
        state=State.SENT,
    )
    times = sent.order_by().values_list("record", "due_revision").annotate(n=Count("pk"))
    often = {(record, revision) for record, revision, n in times if n >= rules.MOST_MAILS}
    return {each.key for each in of_own if (each.subject_id, each.due_revision) in often}


def _supersede(steps: Sequence[Owed]) -> int:
    """Close what the same person is to be told of the same thing and that is older, but for what
    they are being told in this moment.
    """
    subject, to = steps[0].subject, steps[0].step.to
    pairs = {(each.subject_id, each.person_id): each.due_revision for each in steps}
    # What is asked for is every thing with every person; of these, the pairs count.
    crossed = Reminder.objects.planned().filter(
        **{f"{subject}__in": {subject_id for subject_id, _person_id in pairs}},
        recipient__in={person_id for _subject_id, person_id in pairs},
        to=to,
    )
    earlier = crossed.exclude(dedupe_key__in=[each.key for each in steps]).order_by()
    found = earlier.values_list("pk", "due_revision", f"{subject}_id", "recipient_id")
    # Of a later date is what another one has planned since the date of these was read.
    old = [pk for pk, revision, *pair in found if revision <= pairs.get(tuple(pair), -1)]
    if not old:
        return 0
    mails = Digest.objects.filter(reminders__in=old).values("pk")
    # Locked, so that no worker reads them for a mail before this is over.
    waiting = Digest.objects.filter(pk__in=mails).exclude(state=Digest.State.CLAIMED).order_by("pk")
    held = list(waiting.select_for_update().values_list("pk", flat=True))
    untold = Reminder.objects.filter(Q(digest=None) | Q(digest__in=held), pk__in=old)
    return cancel(untold, Reason.SUPERSEDED)


def _reminder(
    owed_step: Owed, to: Recipient, now: datetime, window: rules.Window, calendar: Calendar
) -> Reminder:
    step, today = owed_step.step, to.today(now)
    send_on = window.workday(rules.day_of(step, owed_step.anchor_on, calendar), to.away)
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
        to=step.to,
        initiative_id=owed_step.scope,
        **{f"{owed_step.subject}_id": owed_step.subject_id},
        dedupe_key=owed_step.key,
        due_revision=owed_step.due_revision,
        holds_on_doubt=step.holds_on_doubt,
        state=state,
        closed_reason=reason,
        send_on=send_on,
        expires_at=expires_at,
        planned_at=now,
    )
