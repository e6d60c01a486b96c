"""Sending: per mail a transaction, the mail server outside of any, and a transaction.

What a crash leaves between them is found by the next claim: an open attempt is one of which
nobody knows whether the mail has left, so it is repeated once with the same Message-ID.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from change_tracker import signals
from change_tracker.core.conf import get_conf
from change_tracker.reminders import rules
from change_tracker.reminders.channels import Couriers, Parcel
from change_tracker.reminders.claim import Claim, claim_digests, is_spread, release
from change_tracker.reminders.clock import Clock, database_now
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Reminder
from change_tracker.reminders.models.outbox import URGENT
from change_tracker.reminders.ownwords import NO_WORDS, Words, words_in_force
from change_tracker.reminders.recipients import shared_addresses
from change_tracker.reminders.review import Letter, review
from change_tracker.reminders.samples import letter_of_test
from change_tracker.reminders.states import LeaseLostError, leave_claim, write_state
from change_tracker.reminders.transport import Delivery

log = logging.getLogger(__name__)
Outcome = Attempt.Outcome
#: The channels that are paused, and until when.
Paused = dict[str, datetime | None]
#: One drain ends after this, so that it does not hold a worker of the host all day.
DRAIN_FOR = timedelta(minutes=5)
#: What a lease must have left beyond the deadline, for the transactions around the sending.
MARGIN = timedelta(seconds=0.5)
#: What is stored of a subject, for the inbox.
SUBJECT_KEPT = 200
#: A mail whose channel is paused without an end is looked at again after this.
PAUSED_FOR = timedelta(minutes=15)
#: How long a worker waits before it asks again what the cap leaves.
TURN_SECONDS = 0.2
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
    parcel: Parcel
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
    with Couriers() as couriers:
        while not should_stop() and clock() - began < DRAIN_FOR:
            claims = claim_digests(now=clock(), size=conf.claim_size)
            if not claims:
                if not _has_its_turn(done, clock):
                    break
                continue
            _send_all(claims, couriers, clock=clock, should_stop=should_stop, done=done)
    return done


def _has_its_turn(done: Drained, clock: Clock) -> bool:
    """Whether more waits for the second in which the cap lets it leave; that is waited for here.

    Only by those who have sent some: the other workers are not held.
    """
    before, has_begun = clock(), done.sent + done.deferred + done.dead
    if not (has_begun and is_spread(get_conf().mails_per_minute)):
        return False
    if not Digest.objects.queued(before).exists():
        return False
    time.sleep(TURN_SECONDS)
    return clock() > before


def _send_all(
    claims: list[Claim],
    couriers: Couriers,
    *,
    clock: Clock,
    should_stop: Callable[[], bool],
    done: Drained,
) -> None:
    waiting = list(claims)
    try:
        # Asked once for a claim: the answers are seconds old at most.
        asked: dict[str, Any] = {
            "shared": shared_addresses(clock()),
            "paused": paused_channels(clock()),
            "words": words_in_force(),
        }
        while waiting and not should_stop():
            send_one(waiting.pop(0), couriers, clock=clock, done=done, **asked)
    finally:
        # Also when one of them raised: the others do not wait for the lease to run out.
        release(waiting)
        done.released += len(waiting)


def send_one(
    claim: Claim,
    couriers: Couriers,
    *,
    clock: Clock,
    done: Drained,
    shared: frozenset[str],
    paused: Paused,
    words: Words,
) -> None:
    """One mail through its three phases. Losing the lease on the way changes nothing."""
    try:
        ready = prepare(claim, now=clock(), done=done, shared=shared, paused=paused, words=words)
        if ready is not None:
            finish(ready, couriers.deliver(ready.parcel), now=clock(), done=done)
    except LeaseLostError:
        done.lost += 1
        log.warning("Digest %s: the lease ran out while it was sent.", claim.digest_id)


@transaction.atomic
def prepare(
    claim: Claim,
    *,
    now: datetime,
    done: Drained,
    shared: frozenset[str],
    paused: Paused | None = None,
    words: Words = NO_WORDS,
) -> Ready | None:
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
    if unknown >= UNKNOWN_LIMIT or (unknown and _holds(digest)):
        _give_up(digest, claim, done)
        return None
    letter = _letter(digest, claim, now=now, done=done, shared=shared, paused=paused or {})
    if letter is None:
        return None
    is_second = digest.slot == URGENT
    message = compose(letter, message_id=digest.message_id, cannot_wait=is_second, words=words)
    attempt = Attempt.objects.create(
        digest=digest, n=last + 1, started_at=now, channel=letter.to.channel
    )
    digest.attempts += 1
    if not held.update(attempts=digest.attempts):
        raise LeaseLostError(f"digest {claim.digest_id}")
    return Ready(
        claim, digest, attempt.pk, unknown, Parcel(letter.to, message), letter.reminder_ids
    )


def _letter(
    digest: Digest,
    claim: Claim,
    *,
    now: datetime,
    done: Drained,
    shared: frozenset[str],
    paused: Paused,
) -> Letter | None:
    """What is to be said now; None where that is nothing, or where its channel is paused."""
    written = letter_of_test if digest.is_test else review
    letter = written(digest, now=now, shared=shared)
    if letter is None:
        leave_claim(digest.pk, claim.token, to=Digest.State.CLOSED)
        done.closed += 1
        return None
    if letter.to.channel in paused:
        again_at = paused[letter.to.channel] or now + PAUSED_FOR
        leave_claim(digest.pk, claim.token, to=Digest.State.PENDING, available_at=again_at)
        done.released += 1
        return None
    return letter


def paused_channels(now: datetime) -> Paused:
    """What nothing leaves by for now."""
    return dict(ChannelPause.objects.running(now).values_list("channel", "until"))


def _holds(digest: Digest) -> bool:
    """Whether something in it is not to leave twice: when in doubt, a person decides."""
    return digest.reminders.planned().filter(holds_on_doubt=True).exists()


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
        subject = str(ready.parcel.mail.subject)[:SUBJECT_KEPT]
        leave_claim(
            digest.pk, ready.claim.token, to=Digest.State.SENT, sent_at=now, subject=subject
        )
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
    in_doubt = ready.unknown_before + (delivery.outcome == Outcome.UNKNOWN)
    if in_doubt >= UNKNOWN_LIMIT or (in_doubt and _holds(ready.digest)):
        return None
    chance = SystemRandom().random()
    return rules.back_off(ready.digest.attempts, get_conf().retry_minutes, chance)


def _give_up(digest: Digest, claim: Claim, done: Drained) -> None:
    leave_claim(digest.pk, claim.token, to=Digest.State.DEAD)
    signals.announce(signals.reminder_failed, Digest, digest=digest)
    done.dead += 1
