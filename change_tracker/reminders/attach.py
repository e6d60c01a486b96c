"""Which mail carries a reminder: the recipient's digest of the day, while that is pending."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from change_tracker.core.conf import get_conf
from change_tracker.initiatives.models import Initiative
from change_tracker.reminders import rules
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.recipients import sending_window, zones_of
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

    def day_for(self, person_id: int, wanted: date) -> date:
        """The day whose digest carries what should leave on `wanted`.

        A mail that still waits (its server was down) takes new things along: one mail a person.
        """
        waiting = [day for day in self.pending.get(person_id, []) if day <= wanted]
        if waiting:
            return max(waiting)
        while (person_id, wanted) in self.gone:
            wanted = sending_window().workday(wanted + timedelta(days=1))
        return wanted


def attach(*, now: datetime, may_begin: Callable[[], bool]) -> int:
    """Give every planned reminder without a mail its digest; returns how many got one.

    Those of initiatives on hold stay without; those of ended ones are closed. What a worker
    claims in this very moment is left for the next tick. Constant queries a thousand.
    """
    loose = Reminder.objects.loose()
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
    mails = _mails_of(people)
    days: dict[int, Day] = {}
    window = sending_window()
    for each in reminders:
        today = now.astimezone(people[each.recipient_id]).date()
        wanted = max(each.send_on, window.workday(today))
        days[each.pk] = (each.recipient_id, mails.day_for(each.recipient_id, wanted))
    digests = _open_digests(set(days.values()), people)
    moved = [each for each in reminders if days[each.pk] in digests]
    for each in moved:
        each.digest = digests[days[each.pk]]
        if each.expires_at is not None:
            # A hold postpones, it never cancels: the time runs from the mail that carries it.
            each.expires_at = _leaves_at(days[each.pk], people) + rules.KEPT_FOR
    # Only what is still planned: a completion may have come between.
    Reminder.objects.planned().bulk_update(moved, ["digest", "expires_at"])
    return len(moved)


def _mails_of(people: Collection[int]) -> Mails:
    found = Digest.objects.filter(recipient__in=people, slot=DAILY)
    pending: dict[int, list[date]] = {}
    for person_id, day in found.filter(state=Digest.State.PENDING).values_list(
        "recipient_id", "local_on"
    ):
        pending.setdefault(person_id, []).append(day)
    gone = found.exclude(state=Digest.State.PENDING)
    return Mails(pending, set(gone.values_list("recipient_id", "local_on")))


def _open_digests(days: Collection[Day], people: dict[int, ZoneInfo]) -> dict[Day, Digest]:
    """The pending digests of these days, made where missing, locked against being claimed."""
    Digest.objects.bulk_create(_new(days, people), ignore_conflicts=True)
    found = Digest.objects.filter(
        recipient__in={person_id for person_id, _day in days},
        local_on__in={day for _person_id, day in days},
        slot=DAILY,
        state=Digest.State.PENDING,
    ).order_by("pk")
    return {(each.recipient_id, each.local_on): each for each in found.select_for_update()}


def _new(days: Collection[Day], people: dict[int, ZoneInfo]) -> Iterable[Digest]:
    host = _message_host()
    return [
        Digest(
            recipient_id=person_id,
            local_on=day,
            slot=DAILY,
            available_at=_leaves_at((person_id, day), people),
            message_id=f"<ct.{uuid4().hex}@{host}>",
        )
        for person_id, day in sorted(days)
    ]


def _leaves_at(day: Day, people: dict[int, ZoneInfo]) -> datetime:
    person_id, local_on = day
    return sending_window().opens(local_on, people[person_id])


def _message_host() -> str:
    """The right side of a Message-ID: the sender's domain."""
    _name, address = parseaddr(get_conf().from_email or settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
