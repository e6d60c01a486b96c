"""Attempts: on record before mails leave, closed afterwards, in one transaction for a few each.

What a crash leaves between them is found by the next claim: an open attempt is one of which
nobody knows whether the mail has left, so it is repeated once with the same Message-ID.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q

from change_tracker import signals
from change_tracker.core.conf import get_conf
from change_tracker.reminders.channels import Parcel
from change_tracker.reminders.claim import Claim
from change_tracker.reminders.models import Attempt, Digest
from change_tracker.reminders.outcomes import Delivery
from change_tracker.reminders.ownwords import Words
from change_tracker.reminders.rules import Window
from change_tracker.reminders.states import leave_claim
from change_tracker.reminders.transport import GOODBYE_SECONDS

log = logging.getLogger(__name__)
Outcome = Attempt.Outcome
#: Mails that are put on record together leave within so many seconds, or are read once more.
MOMENT = 0.3
#: So many attempts without a known end, and a person has to look.
UNKNOWN_LIMIT = 2


@dataclass(slots=True)
class Drained:
    """What one drain did; `released` were given back unsent, `lost` taken by another worker."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    closed: int = 0
    released: int = 0
    lost: int = 0

    def __add__(self, other: "Drained") -> "Drained":
        """What both did."""
        return Drained(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Known:
    """What is the same for many mails: addresses that several share, the channels that are paused
    and until when, the words of initiatives, and when mail may leave.
    """

    shared: frozenset[str]
    paused: Mapping[str, datetime | None]
    words: Words
    window: Window


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail whose attempt is on record and which may leave now; `failed` where it has an end
    already.
    """

    claim: Claim
    digest: Digest
    unknown_before: int
    parcel: Parcel
    failed: Delivery | None
    reminder_ids: list[int]


class Ended(NamedTuple):
    """A mail that was handed over, and what came of it."""

    ready: Ready
    delivery: Delivery


def time_needed() -> timedelta:
    """How long a lease has to last when the first of a few mails is read again.

    The moment in which the others leave, the deadline of the last of them, the goodbye to a server
    that failed it, and a sixth of the deadline for the transactions around the sending.
    """
    deadline = get_conf().mail_deadline_seconds
    return timedelta(seconds=MOMENT + deadline + min(GOODBYE_SECONDS, deadline) + deadline / 6)


def held_by(claims: Iterable[Claim], done: Drained) -> list[Digest]:
    """The digests of `claims` that are still held, locked; the others are lost to another worker.

    Locked by key, so that two who want the same wait for each other in one order.
    """
    tokens = {each.digest_id: each.token for each in claims}
    rows = Digest.objects.filter(pk__in=tokens, lease_token__in=set(tokens.values()))
    held = list(rows.select_for_update().order_by("pk"))
    for lost in tokens.keys() - {each.pk for each in held}:
        done.lost += 1
        log.warning("Digest %s: the lease ran out while it was sent.", lost)
    # In the order in which they were claimed: who waits longest is first.
    found = {each.pk: each for each in held}
    return [found[pk] for pk in tokens if pk in found]


def is_in_doubt(digest: Digest, unknown: int) -> bool:
    """Whether a person decides: after two unknown ends, or one where a policy asks for that."""
    if unknown >= UNKNOWN_LIMIT:
        return True
    return bool(unknown) and digest.reminders.planned().filter(holds_on_doubt=True).exists()


def count(ready: Sequence[Ready], more: int) -> None:
    """Count so many attempts more for each; their digests are held, and locked."""
    Digest.objects.filter(mine(ready)).update(attempts=F("attempts") + more)


def mine(ready: Iterable[Ready]) -> Q:
    """The condition that their digests are still held by the claims."""
    claims = [each.claim for each in ready]
    tokens = {each.token for each in claims}
    return Q(pk__in=[each.digest_id for each in claims], lease_token__in=tokens)


@transaction.atomic
def take_back(ready: Sequence[Ready], done: Drained) -> list[Claim]:
    """Undo the attempts of mails that were not handed over after all; the claims that hold on."""
    held = {each.pk for each in held_by([each.claim for each in ready], done)}
    ours = [each for each in ready if each.digest.pk in held]
    Attempt.objects.filter(digest__in=held, outcome=Outcome.OPEN).delete()
    count(ours, -1)
    return [each.claim for each in ours]


def give_up(digest: Digest, claim: Claim, done: Drained) -> None:
    """A person has to look; who listens is told."""
    leave_claim(digest.pk, claim.token, to=Digest.State.DEAD)
    signals.announce(signals.reminder_failed, Digest, digest=digest)
    done.dead += 1
