"""Sending: per mail a transaction, the mail server outside of any, and a transaction.

What a crash leaves between them is found by the next claim: an open attempt is one of which
nobody knows whether the mail has left, so it is repeated once with the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.db import transaction

from change_tracker import signals
from change_tracker.core.conf import get_conf
from change_tracker.reminders import rules
from change_tracker.reminders.claim import Claim, claim_digests, release
from change_tracker.reminders.clock import Clock, database_now
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.recipients import shared_addresses
from change_tracker.reminders.review import review
from change_tracker.reminders.states import LeaseLostError, leave_claim, write_state
from change_tracker.reminders.transport import Delivery, Postman

log = logging.getLogger(__name__)
Outcome = Attempt.Outcome
#: One drain ends after this, so that it does not hold a worker of the host all day.
DRAIN_FOR = timedelta(minutes=5)
#: What a lease must have left beyond the deadline, for the transactions around the sending.
MARGIN = timedelta(seconds=0.5)
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


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail whose attempt is on record and which may leave now."""

    claim: Claim
    digest: Digest
    attempt_id: int
    unknown_before: int
    message: EmailMessage
    reminder_ids: list[int]


def drain(
    *, clock: Clock = database_now, should_stop: Callable[[], bool] = lambda: False
) -> Drained:
    """Send what may leave now, until there is nothing, it is told to stop, or time is up.

    Any number may run side by side. Raises what Django raises when no mailer is configured;
    nothing is claimed then.
    """
    conf, done, began = get_conf(), Drained(), clock()
    if timedelta(seconds=conf.lease_seconds) <= deadline() + MARGIN:
        raise ImproperlyConfigured("LEASE_SECONDS must be longer than MAIL_DEADLINE_SECONDS.")
    with Postman(deadline_seconds=conf.mail_deadline_seconds) as postman:
        while not should_stop() and clock() - began < DRAIN_FOR:
            claims = claim_digests(now=clock(), size=conf.claim_size)
            if not claims:
                break
            _send_all(claims, postman, clock=clock, should_stop=should_stop, done=done)
    return done


def _send_all(
    claims: list[Claim],
    postman: Postman,
    *,
    clock: Clock,
    should_stop: Callable[[], bool],
    done: Drained,
) -> None:
    waiting = list(claims)
    try:
        # Asked once for a claim: the answer is seconds old at most.
        shared = shared_addresses(clock())
        while waiting and not should_stop():
            send_one(waiting.pop(0), postman, clock=clock, done=done, shared=shared)
    finally:
        # Also when one of them raised: the others do not wait for the lease to run out.
        release(waiting)
        done.released += len(waiting)


def send_one(
    claim: Claim, postman: Postman, *, clock: Clock, done: Drained, shared: frozenset[str]
) -> None:
    """One mail through its three phases. Losing the lease on the way changes nothing."""
    try:
        ready = prepare(claim, now=clock(), done=done, shared=shared)
        if ready is not None:
            finish(ready, postman.deliver(ready.message), now=clock(), done=done)
    except LeaseLostError:
        done.lost += 1
        log.warning("Digest %s: the lease ran out while it was sent.", claim.digest_id)


@transaction.atomic
def prepare(claim: Claim, *, now: datetime, done: Drained, shared: frozenset[str]) -> Ready | None:
    """Read everything again and put the attempt on record; None when nothing is to be sent.

    Raises LeaseLostError when another worker holds the digest.
    """
    held = Digest.objects.filter(pk=claim.digest_id, lease_token=claim.token)
    digest = held.select_for_update().first()
    if digest is None or digest.lease_until is None:
        raise LeaseLostError(f"digest {claim.digest_id}")
    if digest.lease_until - now < deadline() + MARGIN:
        release([claim])
        done.released += 1
        return None
    last, unknown = _attempts_before(digest, now)
    if unknown >= UNKNOWN_LIMIT:
        _give_up(digest, claim, done)
        return None
    letter = review(digest, now=now, shared=shared)
    if letter is None:
        leave_claim(digest.pk, claim.token, to=Digest.State.CLOSED)
        done.closed += 1
        return None
    message = compose(letter, message_id=digest.message_id)
    attempt = Attempt.objects.create(digest=digest, n=last + 1, started_at=now)
    digest.attempts += 1
    if not held.update(attempts=digest.attempts):
        raise LeaseLostError(f"digest {claim.digest_id}")
    return Ready(claim, digest, attempt.pk, unknown, message, letter.reminder_ids)


def deadline() -> timedelta:
    """The total time that sending one mail may take."""
    return timedelta(seconds=get_conf().mail_deadline_seconds)


def _attempts_before(digest: Digest, now: datetime) -> tuple[int, int]:
    """The number of the last attempt, and how many are of unknown end since "send again".

    An attempt that is still open is of a worker that has gone; it is closed as unknown.
    """
    rows = list(digest.attempt_rows.order_by("-n").values_list("n", "outcome"))
    if any(outcome == Outcome.OPEN for _n, outcome in rows):
        digest.attempt_rows.filter(outcome=Outcome.OPEN).update(
            outcome=Outcome.UNKNOWN, finished_at=now
        )
    recent = [outcome for _n, outcome in rows[: digest.attempts]]
    unknown = sum(outcome in {Outcome.OPEN, Outcome.UNKNOWN} for outcome in recent)
    return rows[0][0] if rows else 0, unknown


@transaction.atomic
def finish(ready: Ready, delivery: Delivery, *, now: datetime, done: Drained) -> None:
    """Put on record how the attempt ended, and move the digest and its reminders.

    Raises LeaseLostError, and writes nothing, when another worker took over meanwhile.
    """
    digest = ready.digest
    Attempt.objects.filter(pk=ready.attempt_id, outcome=Outcome.OPEN).update(
        outcome=delivery.outcome,
        finished_at=now,
        smtp_code=delivery.code,
        detail=delivery.detail,
    )
    if delivery.outcome == Outcome.SENT:
        leave_claim(digest.pk, ready.claim.token, to=Digest.State.SENT, sent_at=now)
        sent = Reminder.objects.filter(pk__in=ready.reminder_ids)
        write_state(sent, source="planned", to="sent")
        done.sent += 1
        return
    wait = _wait(ready, delivery)
    if wait is None:
        _give_up(digest, ready.claim, done)
        return
    leave_claim(digest.pk, ready.claim.token, to=Digest.State.PENDING, available_at=now + wait)
    done.deferred += 1


def _wait(ready: Ready, delivery: Delivery) -> timedelta | None:
    """How long until the next attempt; None when there is to be none."""
    if delivery.outcome == Outcome.REFUSED:
        return None
    if delivery.outcome == Outcome.UNKNOWN and ready.unknown_before + 1 >= UNKNOWN_LIMIT:
        return None
    chance = SystemRandom().random()
    return rules.back_off(ready.digest.attempts, get_conf().retry_minutes, chance)


def _give_up(digest: Digest, claim: Claim, done: Drained) -> None:
    leave_claim(digest.pk, claim.token, to=Digest.State.DEAD)
    signals.announce(signals.reminder_failed, Digest, digest=digest)
    done.dead += 1
