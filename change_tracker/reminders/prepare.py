"""Before mails leave: what they say is read again, and their attempts are put on record."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q

from change_tracker.reminders.attempts import (
    Drained,
    Known,
    Outcome,
    Ready,
    count,
    give_up,
    held_by,
    is_in_doubt,
    time_needed,
)
from change_tracker.reminders.channels import Parcel
from change_tracker.reminders.claim import Claim, release
from change_tracker.reminders.mail import compose
from change_tracker.reminders.models import Attempt, ChannelPause, Digest, Reminder
from change_tracker.reminders.models.outbox import URGENT
from change_tracker.reminders.outcomes import Delivery, let_end
from change_tracker.reminders.ownwords import Words, words_in_force
from change_tracker.reminders.pace import Pace
from change_tracker.reminders.recipients import (
    Recipient,
    nowhere,
    sending_window,
    shared_addresses,
)
from change_tracker.reminders.review import Letter, review
from change_tracker.reminders.rules import KEPT_FOR, Window
from change_tracker.reminders.samples import letter_of_test
from change_tracker.reminders.states import leave_claim, write_state

log = logging.getLogger(__name__)
#: A mail whose channel is paused without an end is looked at again after this.
PAUSED_FOR = timedelta(minutes=15)


class Before(NamedTuple):
    """The number of the last attempt, and how many are of unknown end since "send again"."""

    last: int = 0
    unknown: int = 0


def known_at(now: datetime) -> Known:
    """What is asked once for a claim: the answers are seconds old at most. Four queries."""
    paused = dict(ChannelPause.objects.running(now).values_list("channel", "until"))
    return Known(shared_addresses(now), paused, words_in_force(), sending_window())


def go_alone(claims: Iterable[Claim]) -> set[int]:
    """The digests that are not put on record with others, as none of them may come into doubt
    because of another: a person would have to decide. One query.
    """
    held_back = Reminder.objects.planned().filter(digest=OuterRef("pk"), holds_on_doubt=True)
    rows = Digest.objects.filter(pk__in=[each.digest_id for each in claims])
    return set(rows.filter(Q(attempts__gt=0) | Exists(held_back)).values_list("pk", flat=True))


@transaction.atomic
def prepare(claims: Sequence[Claim], *, now: datetime, done: Drained, known: Known) -> list[Ready]:
    """Read everything again and put the attempts on record, for those of which there is something
    to be said now. What another worker holds is left to it. A dozen queries for any number.
    """
    tokens = {each.digest_id: each for each in claims}
    held = _with_time_left(held_by(claims, done), tokens, now=now, done=done)
    before = _attempts_before(held, now)
    given_up = {each.pk for each in held if is_in_doubt(each, before[each.pk].unknown)}
    for each in held:
        if each.pk in given_up:
            give_up(each, tokens[each.pk], done)
    rest = [each for each in held if each.pk not in given_up]
    letters = _letters(rest, tokens, now=now, done=done, known=known)
    ready = [
        _ready(tokens[each.pk], each, before[each.pk], letters[each.pk], known.words)
        for each in rest
        if each.pk in letters
    ]
    _open(ready, before, now)
    return ready


@transaction.atomic
def cannot_read(claim: Claim, error: Exception, *, now: datetime, done: Drained) -> list[Ready]:
    """An attempt that has failed, for a mail of which it cannot be found out what it says: so it is
    tried again later, and listed in the end. Nothing where another worker holds it by now.
    """
    held = held_by([claim], done)
    before = _attempts_before(held, now)
    said = f"it could not be read: {type(error).__name__}"
    ready = [
        Ready(
            claim=claim,
            digest=each,
            unknown_before=before[each.pk].unknown,
            parcel=Parcel(nowhere(each.recipient), EmailMultiAlternatives()),
            failed=Delivery(Outcome.DEFERRED, detail=said),
            reminder_ids=[],
        )
        for each in held
    ]
    _open(ready, before, now)
    return ready


def _with_time_left(
    held: Iterable[Digest], claims: Mapping[int, Claim], *, now: datetime, done: Drained
) -> list[Digest]:
    """Those whose lease outlasts the sending; the others are given back."""
    needed, found = now + time_needed(), []
    for each in held:
        if each.lease_until is not None and each.lease_until >= needed:
            found.append(each)
        else:
            release([claims[each.pk]])
            done.released += 1
    return found


def _attempts_before(digests: Collection[Digest], now: datetime) -> dict[int, Before]:
    """By digest. An attempt that is still open is of a worker that has gone: it is closed as
    unknown.
    """
    rows: dict[int, list[tuple[int, str]]] = {each.pk: [] for each in digests}
    tried = Attempt.objects.filter(digest__in=rows).order_by("digest", "-n")
    for digest_id, n, outcome in tried.values_list("digest_id", "n", "outcome"):
        rows[digest_id].append((n, outcome))
    if any(outcome == Outcome.OPEN for tries in rows.values() for _n, outcome in tries):
        left_open = Attempt.objects.filter(digest__in=rows, outcome=Outcome.OPEN)
        left_open.update(outcome=Outcome.UNKNOWN, finished_at=now)
    return {each.pk: _before(rows[each.pk], each.attempts) for each in digests}


def _before(tries: Sequence[tuple[int, str]], recent: int) -> Before:
    unknown = {Outcome.OPEN, Outcome.UNKNOWN}
    in_doubt = sum(outcome in unknown for _n, outcome in tries[:recent])
    return Before(tries[0][0] if tries else 0, in_doubt)


def _letters(
    digests: Sequence[Digest],
    claims: Mapping[int, Claim],
    *,
    now: datetime,
    done: Drained,
    known: Known,
) -> dict[int, Letter]:
    """What is to be said now, by digest; those with nothing left are closed, those whose channel is
    paused wait for its end, and those of which it is no time for the recipient wait for that.
    """
    later: dict[datetime, list[int]] = defaultdict(list)
    said = review([each for each in digests if not each.is_test], now=now, shared=known.shared)
    for digest in digests:
        if digest.is_test and (test := letter_of_test(digest, now=now, shared=known.shared)):
            said[digest.pk] = test
        letter, token = said.get(digest.pk), claims[digest.pk].token
        if letter is None:
            leave_claim(digest.pk, token, to=Digest.State.CLOSED)
            done.closed += 1
        elif letter.to.channel in known.paused:
            again_at = known.paused[letter.to.channel] or now + PAUSED_FOR
            leave_claim(digest.pk, token, to=Digest.State.PENDING, available_at=again_at)
            done.released += 1
            del said[digest.pk]
        elif not digest.is_test and (opens := _opens(letter.to, known.window, now)) > now:
            later[opens].append(digest.pk)
            del said[digest.pk]
    for opens, ids in later.items():
        _hold(ids, claims, opens)
        done.released += len(ids)
    return said


def _opens(to: Recipient, window: Window, now: datetime) -> datetime:
    """From when mail may leave for `to` on this day, or on the next that is none off. Whether they
    are away then is seen then.
    """
    pace = Pace(to.zone, window, wishes=to.wishes)
    return pace.opens(pace.day(to.today(now), essential=True))


def _hold(ids: Collection[int], claims: Mapping[int, Claim], until: datetime) -> None:
    """Let these mails wait: a retry, a pause that ends by night, a holiday that was not one when
    they were planned. What they carry does not expire meanwhile.
    """
    held = Digest.objects.filter(pk__in=ids, lease_token__in={claims[pk].token for pk in ids})
    free: dict[str, Any] = {"lease_token": None, "lease_until": None, "available_at": until}
    write_state(held, source="claimed", to="pending", **free)
    kept_until = until + KEPT_FOR
    carried = Reminder.objects.planned().filter(digest__in=ids, expires_at__lt=kept_until)
    carried.update(expires_at=kept_until)


def _ready(claim: Claim, digest: Digest, before: Before, letter: Letter, words: Words) -> Ready:
    """The mail; or an attempt that has failed, so that what a template of the host stumbles over
    holds up nobody else, and is listed in the end.
    """
    mail, failed = EmailMultiAlternatives(), None
    try:
        is_second = digest.slot == URGENT
        mail = compose(letter, message_id=digest.message_id, cannot_wait=is_second, words=words)
    except DatabaseError:
        raise
    except Exception as error:
        let_end(error)
        log.exception("The mail %s could not be written.", digest.message_id)
        said = f"it could not be written: {type(error).__name__}"
        failed = Delivery(Outcome.DEFERRED, detail=said)
    return Ready(
        claim=claim,
        digest=digest,
        unknown_before=before.unknown,
        parcel=Parcel(letter.to, mail),
        failed=failed,
        reminder_ids=letter.reminder_ids,
    )


def _open(ready: Sequence[Ready], before: Mapping[int, Before], now: datetime) -> None:
    """Write an attempt for each, and count it."""
    Attempt.objects.bulk_create(
        Attempt(
            digest=each.digest,
            n=before[each.digest.pk].last + 1,
            started_at=now,
            channel=each.parcel.to.channel,
        )
        for each in ready
    )
    count(ready, 1)
    for each in ready:
        each.digest.attempts += 1
