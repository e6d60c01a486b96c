"""Claiming: which worker sends which mail. Digests only, no join.

With a join in the claim, PostgreSQL rechecks the row and not the condition across the join, and
rows are handed out twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.db.models import Count, Q

from change_tracker.core.conf import get_conf
from change_tracker.reminders.models import Attempt, Digest, Heartbeat
from change_tracker.reminders.states import write_state

#: Who claims while there is a cap holds the row of this name.
CAP = "cap"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one digest, until the lease ends; `token` fences every write."""

    digest_id: int
    token: UUID


def claim_digests(*, now: datetime, size: int) -> list[Claim]:
    """Take up to `size` mails that may leave at `now`, and those whose worker has gone.

    `now` is the database's. No two workers get the same digest, and all together no more than
    MAILS_PER_MINUTE.
    """
    conf = get_conf()
    if conf.mails_per_minute:
        with transaction.atomic():
            return _claim(now, min(size, _room(now, conf.mails_per_minute)))
    return _claim(now, size)


def _room(now: datetime, cap: int) -> int:
    """How many more may leave in this minute, and of a cap that allows several each second, in this
    second. Holds a row, so that workers ask one by one.
    """
    Heartbeat.objects.get_or_create(name=CAP, defaults={"at": now})
    Heartbeat.objects.select_for_update().get(name=CAP)
    lately = Count("pk", filter=Q(started_at__gt=now - timedelta(seconds=1)))
    begun = Attempt.objects.filter(started_at__gt=now - timedelta(minutes=1))
    counts: dict[str, int] = begun.aggregate(in_a_minute=Count("pk"), in_a_second=lately)
    room = cap - counts["in_a_minute"]
    if is_spread(cap):
        room = min(room, cap // 60 - counts["in_a_second"])
    waiting = Digest.objects.filter(state=Digest.State.CLAIMED, lease_until__gte=now)
    return room - waiting.exclude(attempt_rows__outcome=Attempt.Outcome.OPEN).count()


def is_spread(cap: int) -> bool:
    """Whether so many a minute leave evenly, second by second, and not all at its beginning."""
    return cap >= 60


def _claim(now: datetime, size: int) -> list[Claim]:
    token = uuid4()
    lease = {
        "lease_token": token,
        "lease_until": now + timedelta(seconds=get_conf().lease_seconds),
    }
    taken: list[int] = []
    # Two branches, each read through its partial index: an OR of both is slow.
    for source, rows in (
        (Digest.State.CLAIMED, Digest.objects.abandoned(now).order_by("lease_until")),
        (Digest.State.PENDING, Digest.objects.queued(now).order_by("available_at")),
    ):
        taken += _take(rows, source, size - len(taken), lease)
    return [Claim(pk, token) for pk in taken]


def _take(
    rows: "models.QuerySet[Digest]", source: str, size: int, lease: dict[str, object]
) -> list[int]:
    if size <= 0:
        return []
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            locked = rows.select_for_update(skip_locked=True)
            ids = list(locked.values_list("pk", flat=True)[:size])
            found = Digest.objects.filter(pk__in=ids)
            write_state(found, source=source, to=Digest.State.CLAIMED, **lease)
        return ids
    # Without row locks each row is compared and set by itself: who comes second sets nothing.
    return [
        pk
        for pk in rows.values_list("pk", flat=True)[:size]
        if write_state(rows.order_by().filter(pk=pk), source=source, to="claimed", **lease)
    ]


def release(claims: Iterable[Claim]) -> None:
    """Give back what was claimed and not begun; what somebody else holds by now is left alone."""
    for each in claims:
        held = Digest.objects.filter(pk=each.digest_id, lease_token=each.token)
        write_state(held, source="claimed", to="pending", lease_token=None, lease_until=None)
