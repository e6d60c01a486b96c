"""Which mail carries a reminder: the recipient's digest of the day, while that is pending."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery

from change_tracker.core.conf import get_conf
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models.absences import Days
from change_tracker.reminders import rules
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.recipients import away_of, sending_window, zones_of
from change_tracker.reminders.rules import Window
from change_tracker.reminders.states import cancel

BATCH = 1000
#: Reminders that one tick puts into mails at most; the next goes on.
AT_ONCE = 20_000
#: Slot 0 is the mail of the day.
DAILY = 0
RUNNING = (Initiative.State.ACTIVE, Initiative.State.SUSTAINING)
ENDED = (Initiative.State.DRAFT, Initiative.State.CLOSED, Initiative.State.CANCELLED)

Day = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Mails:
    """What a batch of people has already: pending digests, and days whose digest has left."""

    pending: dict[int, list[date]]
    gone: set[Day]
    away: dict[int, list[Days]]
    window: Window

    def day_for(self, person_id: int, wanted: date) -> date:
        """The day whose digest carries what should leave on `wanted`.

        A mail that still waits (its server was down) takes new things along: one mail a person.
        """
        waiting = [day for day in self.pending.get(person_id, []) if day <= wanted]
        if waiting:
            return max(waiting)
        while (person_id, wanted) in self.gone:
            following = wanted + timedelta(days=1)
            wanted = self.window.workday(following, self.away.get(person_id, ()))
        return wanted


def attach(*, now: datetime, may_begin: Callable[[], bool]) -> int:
    """Give every planned reminder without a mail its digest; returns how many got one.

    Those of initiatives on hold stay without; those of ended ones are closed. What a worker
    claims in this very moment is left for the next tick. Constant queries a thousand.
    """
    loose = Reminder.objects.loose()
    # On most ticks there is none: one glance at an index, and no joins.
    if not loose.exists():
        return 0
    cancel(loose.of_initiatives(ENDED), Reminder.ClosedReason.WITHDRAWN)
    waiting = list(loose.of_initiatives(RUNNING).order_by("pk")[:AT_ONCE])
    done = 0
    for start in range(0, len(waiting), BATCH):
        with transaction.atomic():
            if not may_begin():
                break
            done += _attach_batch(waiting[start : start + BATCH], now)
    return done


def _attach_batch(reminders: list[Reminder], now: datetime) -> int:
    people = zones_of({each.recipient_id for each in reminders})
    away = away_of(people, now=now)
    window = sending_window()
    mails = _mails_of(people, away, window)
    days: dict[int, Day] = {}
    for each in reminders:
        today = now.astimezone(people[each.recipient_id]).date()
        wanted = window.workday(max(each.send_on, today), away.get(each.recipient_id, ()))
        days[each.pk] = (each.recipient_id, mails.day_for(each.recipient_id, wanted))
    pending = _open_digests(set(days.values()), people, window)
    alike: dict[tuple[date, datetime | None], list[int]] = defaultdict(list)
    for each in reminders:
        day = days[each.pk]
        if day in pending:
            # A hold postpones, it never cancels: the time runs from the mail that carries it.
            expires_at = each.expires_at and _leaves_at(day, people, window) + rules.KEPT_FOR
            alike[day[1], expires_at].append(each.pk)
    return sum(_put(ids, local_on, expires_at) for (local_on, expires_at), ids in alike.items())


def _put(ids: Collection[int], local_on: date, expires_at: datetime | None) -> int:
    """Put reminders into the mails of their recipients on one day; returns how many."""
    mail = Digest.objects.filter(recipient=OuterRef("recipient"), local_on=local_on, slot=DAILY)
    # Only what is still planned: a completion may have come between.
    return (
        Reminder.objects.planned()
        .filter(pk__in=ids)
        .update(digest=Subquery(mail.values("pk")), expires_at=expires_at)
    )


def _mails_of(people: Collection[int], away: dict[int, list[Days]], window: Window) -> Mails:
    found = Digest.objects.filter(recipient__in=people, slot=DAILY)
    pending: dict[int, list[date]] = {}
    for person_id, day in found.filter(state=Digest.State.PENDING).values_list(
        "recipient_id", "local_on"
    ):
        pending.setdefault(person_id, []).append(day)
    gone = found.exclude(state=Digest.State.PENDING)
    return Mails(pending, set(gone.values_list("recipient_id", "local_on")), away, window)


def _open_digests(days: Collection[Day], people: dict[int, ZoneInfo], window: Window) -> set[Day]:
    """Those of `days` with a pending digest, made where missing, locked against being claimed."""
    Digest.objects.bulk_create(_new(days, people, window), ignore_conflicts=True)
    found = Digest.objects.filter(
        recipient__in={person_id for person_id, _day in days},
        local_on__in={day for _person_id, day in days},
        slot=DAILY,
        state=Digest.State.PENDING,
    ).order_by("pk")
    return set(found.select_for_update().values_list("recipient_id", "local_on"))


def _new(days: Collection[Day], people: dict[int, ZoneInfo], window: Window) -> Iterable[Digest]:
    host = _message_host()
    return [
        Digest(
            recipient_id=person_id,
            local_on=day,
            slot=DAILY,
            available_at=_leaves_at((person_id, day), people, window),
            message_id=f"<ct.{uuid4().hex}@{host}>",
        )
        for person_id, day in sorted(days)
    ]


def _leaves_at(day: Day, people: dict[int, ZoneInfo], window: Window) -> datetime:
    person_id, local_on = day
    return window.opens(local_on, people[person_id])


def _message_host() -> str:
    """The right side of a Message-ID: the sender's domain."""
    _name, address = parseaddr(get_conf().from_email or settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
