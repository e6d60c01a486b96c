"""Sending: a transaction, the mail server outside of any, and a transaction, for a few mails.

As many as leave within a moment are read again and put on record together. So whoever dies while
sending leaves in doubt what left in that moment, and nothing else.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from threading import Event

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections

from change_tracker.core.again import again
from change_tracker.core.conf import get_conf
from change_tracker.reminders.attempts import (
    MOMENT,
    Drained,
    Ended,
    Known,
    Ready,
    take_back,
    time_needed,
)
from change_tracker.reminders.channels import Couriers
from change_tracker.reminders.claim import Claim, claim_digests, is_spread, release
from change_tracker.reminders.clock import Clock, database_now
from change_tracker.reminders.finish import finish
from change_tracker.reminders.models import Digest
from change_tracker.reminders.outcomes import let_end
from change_tracker.reminders.prepare import cannot_read, go_alone, known_at, prepare

log = logging.getLogger(__name__)
#: One drain ends after this, so that it does not hold a worker of the host all day.
DRAIN_FOR = timedelta(minutes=5)
#: How long a worker waits before it asks again what the cap leaves.
TURN_SECONDS = 0.2
MOST_TOGETHER = 50
#: Of the moment, so much is planned: what has to be read once more was read for nothing.
PLANNED = 0.8


def drain(
    *, clock: Clock = database_now, should_stop: Callable[[], bool] = lambda: False
) -> Drained:
    """Send what may leave now, until there is nothing, it is told to stop, or time is up.

    Any number may run side by side, and where more waits than one claim holds some do so here:
    one works for a mail while another waits for the server or the database. Raises what Django
    raises when no mailer is configured; nothing is claimed then.
    """
    if timedelta(seconds=get_conf().lease_seconds) <= time_needed():
        raise ImproperlyConfigured("LEASE_SECONDS must be longer than sending a mail may take.")
    has_failed, ends_at = Event(), time.monotonic() + DRAIN_FOR.total_seconds()

    def is_over() -> bool:
        return has_failed.is_set() or time.monotonic() > ends_at or should_stop()

    def drain_alone(share: Callable[[], None] = lambda: None) -> Drained:
        try:
            return _drain(clock, is_over, share)
        except BaseException:
            has_failed.set()
            raise

    with ThreadPoolExecutor(_most()) as threads:
        beside: list[Future[Drained]] = []

        def share() -> None:
            while len(beside) < _most() - 1:
                beside.append(threads.submit(_with_own_connections, drain_alone))

        done = drain_alone(share)
    return sum((each.result() for each in beside), done)


def _most() -> int:
    """How many may send from here, one at least; one where rows cannot be shared out by locks, and
    within a transaction, of which others know nothing.
    """
    can_share = connection.features.has_select_for_update_skip_locked
    wanted = get_conf().mail_connections if can_share and not connection.in_atomic_block else 1
    return max(1, wanted)


def _with_own_connections(drain_alone: Callable[[], Drained]) -> Drained:
    """In a thread, which has connections to the databases of its own."""
    try:
        return drain_alone()
    finally:
        connections.close_all()


def _drain(clock: Clock, is_over: Callable[[], bool], share: Callable[[], None]) -> Drained:
    """Claim and send; `share` is called while there may be work for others."""
    size = get_conf().claim_size
    with Couriers() as couriers:
        round_ = Round(couriers, clock, is_over)
        while not is_over():
            claims = claim_digests(now=clock(), size=size)
            if len(claims) == size:
                share()
            if claims:
                round_.send(claims)
            elif not _has_its_turn(round_.done, clock):
                break
    return round_.done


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


@dataclass(slots=True)
class Round:
    """One worker's round; `together` is how many mails it puts on record at once: it begins with
    one, then as many as would leave within most of the moment, by how long the last ones took, and
    four times as many each time at most.
    """

    couriers: Couriers
    clock: Clock
    should_stop: Callable[[], bool]
    done: Drained = field(default_factory=Drained)
    together: int = 1

    def send(self, claims: Sequence[Claim]) -> None:
        """What was claimed, a few at a time; what is not begun is given back."""
        waiting = list(claims)
        try:
            known, alone = known_at(self.clock()), go_alone(waiting)
            while waiting and not self.should_stop():
                some = self._next(waiting, alone)
                ready = self._prepare(some, known)
                if ready is None:
                    # Which of them it is shows when each is read alone.
                    alone |= {each.digest_id for each in some}
                    continue
                del waiting[: len(some)]
                self._send_some(ready, waiting)
        finally:
            # Also when one of them raised: the others do not wait for the lease to run out.
            release(waiting)
            self.done.released += len(waiting)

    def _next(self, waiting: Sequence[Claim], alone: Collection[int]) -> Sequence[Claim]:
        first = waiting[: self.together]
        return list(takewhile(lambda each: each.digest_id not in alone, first)) or waiting[:1]

    def _prepare(self, some: Sequence[Claim], known: Known) -> list[Ready] | None:
        """`some`, read again and put on record. What a rule of the host stumbles over for one
        person holds up nobody else: None for several, a failed attempt for one.
        """
        done = Drained()
        try:
            ready = prepare(some, now=self.clock(), done=done, known=known)
        except DatabaseError:
            raise
        except Exception as error:
            let_end(error)
            if len(some) > 1:
                return None
            log.exception("Digest %s could not be read.", some[0].digest_id)
            return cannot_read(some[0], error, now=self.clock(), done=self.done)
        self.done += done
        return ready

    def _finish(self, ended: Sequence[Ended]) -> Drained:
        done = Drained()
        finish(ended, now=self.clock(), done=done)
        return done

    def _send_some(self, ready: Sequence[Ready], waiting: list[Claim]) -> None:
        """Hand them over, then put on record what came of it; those for which the moment was too
        short wait again.
        """
        rest, ended, began = list(ready), list[Ended](), time.monotonic()
        try:
            while rest and not (ended and (_is_past(began) or self.should_stop())):
                each = rest.pop(0)
                ended.append(Ended(each, each.failed or self.couriers.deliver(each.parcel)))
        finally:
            # Also when one of them raised: that one is in doubt, and no other.
            took = time.monotonic() - began
            if ended:
                self.done += again(lambda: self._finish(ended))
            if rest:
                waiting[:0] = take_back(rest, self.done)
        if ended:
            fit = int(len(ended) * PLANNED * MOMENT / max(took, 0.001))
            self.together = max(1, min(fit, 4 * self.together, MOST_TOGETHER))


def _is_past(began: float) -> bool:
    """Whether the moment that began then is over."""
    return time.monotonic() - began > MOMENT
