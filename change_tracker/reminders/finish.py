"""After mails left, or did not: how their attempts ended, and what becomes of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When

from change_tracker.core.conf import get_conf
from change_tracker.reminders import rules
from change_tracker.reminders.attempts import (
    Drained,
    Ended,
    Outcome,
    Ready,
    give_up,
    held_by,
    is_in_doubt,
    mine,
)
from change_tracker.reminders.models import Attempt, Digest, Reminder
from change_tracker.reminders.outcomes import Delivery
from change_tracker.reminders.states import leave_claim, write_state

#: What is stored of a subject, for the inbox.
SUBJECT_KEPT = 200


@transaction.atomic
def finish(ended: Sequence[Ended], *, now: datetime, done: Drained) -> None:
    """Put on record how the attempts ended, and move the digests and their reminders.

    Nothing is written of what another worker took over meanwhile.
    """
    held = {each.pk for each in held_by([ready.claim for ready, _delivery in ended], done)}
    ours = [each for each in ended if each.ready.digest.pk in held]
    _sent([ready for ready, delivery in ours if delivery.outcome == Outcome.SENT], now, done)
    for ready, delivery in ours:
        if delivery.outcome != Outcome.SENT:
            _failed(ready, delivery, now, done)


def _sent(ready: Sequence[Ready], now: datetime, done: Drained) -> None:
    if not ready:
        return
    _close([each.digest.pk for each in ready], Delivery(Outcome.SENT), now)
    subjects: dict[str, list[int]] = {}
    for each in ready:
        subject = str(each.parcel.mail.subject)[:SUBJECT_KEPT]
        subjects.setdefault(subject, []).append(each.digest.pk)
    said = Case(*(When(pk__in=ids, then=Value(subject)) for subject, ids in subjects.items()))
    ended: dict[str, Any] = {"lease_token": None, "lease_until": None, "sent_at": now}
    held = Digest.objects.filter(mine(ready))
    write_state(held, source="claimed", to="sent", subject=said, **ended)
    told = Reminder.objects.filter(pk__in=[pk for each in ready for pk in each.reminder_ids])
    write_state(told, source="planned", to="sent")
    done.sent += len(ready)


def _failed(ready: Ready, delivery: Delivery, now: datetime, done: Drained) -> None:
    _close([ready.digest.pk], delivery, now)
    wait = _wait(ready, delivery)
    if wait is None:
        give_up(ready.digest, ready.claim, done)
        return
    leave_claim(
        ready.digest.pk, ready.claim.token, to=Digest.State.PENDING, available_at=now + wait
    )
    done.deferred += 1


def _close(digest_ids: Collection[int], delivery: Delivery, now: datetime) -> None:
    """End the open attempts of digests that are held: those are ours."""
    Attempt.objects.filter(digest__in=digest_ids, outcome=Outcome.OPEN).update(
        outcome=delivery.outcome,
        finished_at=now,
        smtp_code=delivery.code,
        detail=delivery.detail,
    )


def _wait(ready: Ready, delivery: Delivery) -> timedelta | None:
    """How long until the next attempt; None when there is to be none."""
    if delivery.outcome == Outcome.REFUSED:
        return None
    in_doubt = ready.unknown_before + (delivery.outcome == Outcome.UNKNOWN)
    if is_in_doubt(ready.digest, in_doubt):
        return None
    chance = SystemRandom().random()
    return rules.back_off(ready.digest.attempts, get_conf().retry_minutes, chance)
