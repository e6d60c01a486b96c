"""Once a day: what waits for somebody who is back by now, or was not sent because nothing reached
them, and something does.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from change_tracker.reminders.models import Reminder
from change_tracker.reminders.models.reminders import SUBJECTS
from change_tracker.reminders.recipients import (
    away_of,
    recipients,
    sending_window,
    shared_addresses,
)
from change_tracker.reminders.states import write_state
from change_tracker.reminders.wishes import plan_anew

BATCH = 1000
#: Who can be reached after so long is told what comes next.
LOOKED_BACK = timedelta(days=60)
State, Reason = Reminder.State, Reminder.ClosedReason


def plan_again(*, now: datetime) -> None:
    """Bring forward what waits for an absence that is shorter by now, and plan anew the last of
    what could not reach somebody who can be reached. A few queries for each thousand people.
    """
    for people in _thousands(_waiting(now)):
        _bring_forward(people, now)
    lost = Reminder.objects.filter(
        state=State.CANCELLED, closed_reason=Reason.UNREACHABLE, planned_at__gt=now - LOOKED_BACK
    )
    shared = shared_addresses(now) if lost.exists() else frozenset[str]()
    for people in _thousands(lost):
        found = recipients(people, now=now, shared=shared)
        reached = [
            pk for pk, to in found.items() if to.address and to.person.is_active(to.today(now))
        ]
        again = _last_of(lost.filter(recipient__in=reached), reached, now)
        rows = Reminder.objects.filter(pk__in=again)
        write_state(rows, source="cancelled", to="planned", closed_reason="", digest=None)


def _waiting(now: datetime) -> Any:
    """What leaves the day after tomorrow or later: each step is planned on its day, so only days
    off and absences can have put it there.
    """
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return Reminder.objects.planned().filter(send_on__gt=tomorrow)


def _thousands(rows: Any) -> Iterator[list[int]]:
    people = list(rows.order_by("recipient").values_list("recipient", flat=True).distinct())
    return (people[start : start + BATCH] for start in range(0, len(people), BATCH))


def _bring_forward(people: Collection[int], now: datetime) -> None:
    window, away, today = sending_window(), away_of(people, now=now), timezone.localdate(now)
    days = {pk: window.workday(today, away.get(pk, ())) for pk in people}
    rows = _waiting(now).filter(recipient__in=people).values_list("pk", "recipient", "send_on")
    earlier: dict[date, list[int]] = {}
    moved: set[int] = set()
    for pk, person, send_on in rows:
        if days[person] < send_on:
            earlier.setdefault(days[person], []).append(pk)
            moved.add(person)
    with transaction.atomic():
        for day, ids in earlier.items():
            Reminder.objects.planned().filter(pk__in=ids).update(send_on=day)
        plan_anew(moved)


def _last_of(lost: Any, people: Collection[int], now: datetime) -> list[int]:
    """Of each thing the last that each of `people` was to be told of it, unless a later one leaves
    or has left.
    """
    told = Reminder.objects.filter(
        recipient__in=people,
        state__in=(State.PLANNED, State.SENT),
        planned_at__gt=now - LOOKED_BACK,
    )
    latest = _by_thing(told)
    return [pk for thing, pk in _by_thing(lost).items() if pk > latest.get(thing, 0)]


def _by_thing(rows: Any) -> dict[tuple[Any, ...], int]:
    things: Iterable[tuple[Any, ...]] = rows.order_by("pk").values_list(
        "recipient", "to", *(f"{name}_id" for name in SUBJECTS), "pk"
    )
    return {tuple(thing): pk for *thing, pk in things}
