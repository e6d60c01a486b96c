"""Which mail carries a reminder: the recipient's digest of the day, while that is pending."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.encoding import punycode

from change_tracker.core.conf import get_conf
from change_tracker.initiatives.models import ENDED, Initiative
from change_tracker.reminders import rules
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.models.outbox import DAILY, URGENT
from change_tracker.reminders.owed import Within
from change_tracker.reminders.pace import Pace, is_essential, weighed, wishes_of
from change_tracker.reminders.recipients import away_of, sending_window, zones_of
from change_tracker.reminders.states import cancel, write_state

BATCH = 1000
#: Reminders that one tick puts into mails at most; the next goes on.
AT_ONCE = 20_000
RUNNING = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING)
SILENT = (Initiative.State.DRAFT, *ENDED)

#: A person, the day on their wall, and the slot: what a mail is.
Day = tuple[int, date, int]


@dataclass(frozen=True, slots=True)
class Mails:
    """What a batch of people has already: pending mails of the day, and mails that have left, or
    were tried. One that had nothing to say may have something again.
    """

    pending: dict[int, list[date]]
    gone: set[Day]

    def day_for(self, reminder: Any, pace: Pace, now: datetime) -> Day:
        """The mail that carries `reminder`, which is weighed.

        A mail that still waits (its server was down) takes new things along: one mail a person.
        What the recipient has to do before the next mail goes at once, once more on the same day.
        """
        person_id, today = reminder.recipient_id, pace.today(now)
        wanted = _day(reminder, pace, now, max(reminder.send_on, today))
        waiting = [day for day in self.pending.get(person_id, []) if day <= wanted]
        if waiting:
            return person_id, max(waiting), DAILY
        first = wanted
        while (person_id, wanted, DAILY) in self.gone:
            wanted = _day(reminder, pace, now, wanted + timedelta(days=1))
        # What is others' to do can wait: they have a mail of their own.
        is_own = reminder.to == Reminder.To.SELF
        cannot_wait = wanted > first == today and _is_before(reminder, pace, now, wanted)
        if is_own and cannot_wait and (person_id, today, URGENT) not in self.gone:
            return person_id, today, URGENT
        return person_id, wanted, DAILY


def _day(reminder: Any, pace: Pace, now: datetime, wanted: date) -> date:
    """The day from `wanted` on when `reminder` may leave; no cadence holds back what is told of a
    session until that has begun.
    """
    day = pace.day(wanted, essential=is_essential(reminder))
    return pace.soonest(wanted) if _begins_before(reminder, pace, now, day) else day


def _is_before(reminder: Any, pace: Pace, now: datetime, following: date) -> bool:
    """Whether something is still to do in time, and the next mail would come too late for it."""
    if reminder.due is None:
        return _begins_before(reminder, pace, now, following)
    return bool(pace.today(now) <= reminder.due < following)


def _begins_before(reminder: Any, pace: Pace, now: datetime, day: date) -> bool:
    """Whether it is about a session that begins before the mail of `day` leaves."""
    return reminder.starts_at is not None and now < reminder.starts_at <= pace.opens(day)


def attach(*, now: datetime, may_begin: Callable[[], bool], only: Within | None = None) -> int:
    """Give every planned reminder without a mail its digest, or those of one initiative or person;
    returns how many got one.

    Those of initiatives on hold stay without; those of ended ones are closed. What a worker
    claims in this very moment is left for the next tick. Constant queries a thousand.
    """
    loose = Reminder.objects.loose().filter(only.reminders() if only else Q())
    # On most ticks there is none: one glance at an index, and no joins.
    if not loose.exists():
        return 0
    cancel(loose.of_initiatives(SILENT), Reminder.ClosedReason.WITHDRAWN)
    waiting, done = loose.of_running(RUNNING).order_by("pk"), 0
    found = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for start in range(0, len(found), BATCH):
        with transaction.atomic():
            if not may_begin():
                break
            # Read again, when no other planner works: what one has put into a mail meanwhile is not
            # moved to the next, of tomorrow, while a worker holds the first.
            batch = list(weighed(waiting.filter(pk__in=found[start : start + BATCH])))
            done += _attach_batch(batch, now)
    return done


def _attach_batch(reminders: list[Any], now: datetime) -> int:
    paces = _paces({each.recipient_id for each in reminders}, now)
    unwanted = [
        each.pk
        for each in reminders
        if not paces[each.recipient_id].wants(essential=is_essential(each))
    ]
    if unwanted:
        cancel(Reminder.objects.filter(pk__in=unwanted), Reminder.ClosedReason.UNSUBSCRIBED)
    wanted = [each for each in reminders if each.pk not in set(unwanted)]
    mails = _mails_of(paces)
    days: dict[int, Day] = {}
    for each in wanted:
        days[each.pk] = mails.day_for(each, paces[each.recipient_id], now)
    pending = _open_digests(set(days.values()), paces)
    alike: dict[tuple[date, int, datetime | None], list[int]] = defaultdict(list)
    for each in wanted:
        person_id, local_on, slot = day = days[each.pk]
        if day in pending:
            # A hold postpones, it never cancels: the time runs from the mail that carries it. One
            # that is older than what it takes along shortens nothing.
            kept_until = paces[person_id].opens(local_on) + rules.KEPT_FOR
            expires_at = each.expires_at and max(each.expires_at, kept_until)
            alike[local_on, slot, expires_at].append(each.pk)
    return sum(_put(ids, *mail) for mail, ids in alike.items())


def _put(ids: Collection[int], local_on: date, slot: int, expires_at: datetime | None) -> int:
    """Put reminders into the mails of their recipients on one day; returns how many."""
    mail = Digest.objects.filter(recipient=OuterRef("recipient"), local_on=local_on, slot=slot)
    # Only what still waits for a mail: a completion may have come between, and where planners have
    # no lock, another of them.
    return (
        Reminder.objects.loose()
        .filter(pk__in=ids)
        .update(digest=Subquery(mail.values("pk")), expires_at=expires_at)
    )


def _paces(people: Collection[int], now: datetime) -> dict[int, Pace]:
    """When mail may leave for each of these persons. Four queries."""
    window, away, wishes = sending_window(), away_of(people, now=now), wishes_of(people)
    return {
        pk: Pace(zone, window, away.get(pk, ()), wishes.get(pk))
        for pk, zone in zones_of(people).items()
    }


def _mails_of(people: Collection[int]) -> Mails:
    found = Digest.objects.filter(recipient__in=people)
    pending: dict[int, list[date]] = {}
    waiting = found.filter(state=Digest.State.PENDING, slot=DAILY)
    for person_id, day in waiting.values_list("recipient_id", "local_on"):
        pending.setdefault(person_id, []).append(day)
    unsaid = found.unsaid().values("pk")
    gone = found.exclude(state=Digest.State.PENDING).exclude(pk__in=unsaid)
    return Mails(pending, set(gone.values_list("recipient_id", "local_on", "slot")))


def _open_digests(days: Collection[Day], paces: dict[int, Pace]) -> set[Day]:
    """Those of `days` with a pending digest, made where missing, locked against being claimed.

    A worker may have closed one that lost what it had to say to what is planned in its place.
    """
    Digest.objects.bulk_create(_new(days, paces), ignore_conflicts=True)
    found = Digest.objects.filter(
        recipient__in={person_id for person_id, _day, _slot in days},
        local_on__in={day for _person_id, day, _slot in days},
    )
    unsaid = found.unsaid().values_list("pk", "recipient_id", "local_on", "slot")
    reopened = [pk for pk, *day in unsaid if tuple(day) in days]
    write_state(Digest.objects.filter(pk__in=reopened), source="closed", to="pending")
    pending = found.filter(state=Digest.State.PENDING).order_by("pk")
    return set(pending.select_for_update().values_list("recipient_id", "local_on", "slot"))


def _new(days: Collection[Day], paces: dict[int, Pace]) -> Iterable[Digest]:
    domain = sender_domain()
    return [
        Digest(
            recipient_id=person_id,
            local_on=day,
            slot=slot,
            available_at=paces[person_id].opens(day),
            message_id=new_message_id(domain),
        )
        for person_id, day, slot in sorted(days)
    ]


def new_message_id(domain: str) -> str:
    """A Message-ID that no other mail has."""
    return f"<ct.{uuid4().hex}@{domain}>"


def sender_domain() -> str:
    """The domain of whoever our mail is from. Ask once for many."""
    _name, address = parseaddr(get_conf().from_email or settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2]
    return punycode(domain) if domain else "localhost"
