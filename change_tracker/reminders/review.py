"""Reading everything again just before a mail leaves: what of it still holds?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import translation

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.kinds import RULES
from change_tracker.reminders.kinds.base import Note, Told
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.recipients import Recipient, recipients
from change_tracker.reminders.states import cancel, write_state
from change_tracker.training.duewords import Reason
from change_tracker.training.given import given_by
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.moretime import more_time_of

Closed = Reminder.ClosedReason
#: Not a reason to close: the reminder waits without a mail until the initiative goes on.
ON_HOLD = "on_hold"
#: Neither: it goes into the mail of the first working day after the absence.
AWAY = "away"
EXPIRED = "expired"
WITHDRAWN = {"void", "revoked"}


@dataclass(frozen=True, slots=True)
class Item:
    """One training in a mail; `reasons` are the groups of the recipient through which it came.

    `is_added`: a revision of the plan gave it to somebody who had the rest; `is_again`: they have
    done it before, and it is asked for once more. `granted` says whose date it is, where the
    recipient was given more time, `answers` what it is meant to help with.
    """

    record: TrainingRecord
    reasons: tuple[Reason, ...]
    is_new: bool
    is_added: bool = False
    granted: str = ""
    is_again: bool = False
    answers: tuple[str, ...] = ()

    def is_late(self, today: date) -> bool:
        return self.record.days_late(today) > 0


@dataclass(frozen=True, slots=True)
class Letter:
    """What a digest says when it leaves now: to whom, which reminders, which trainings of the
    recipient, and what else. A test that somebody asked for is the mail of the person `test_of`.
    """

    to: Recipient
    reminder_ids: list[int]
    items: list[Item]
    today: date
    notes: list[Note] = field(default_factory=list)
    test_of: Person | None = None


@dataclass(slots=True)
class Verdicts:
    """What stays in the mail; the rest by why it does not."""

    kept: list[Reminder] = field(default_factory=list)
    dropped: dict[str, list[int]] = field(default_factory=dict)


def review(digest: Digest, *, now: datetime, shared: frozenset[str]) -> Letter | None:
    """Close the reminders of `digest` that no longer hold; None when nothing is left to say.

    `shared` are the addresses that are nobody's own. Some six queries for any number of
    reminders, what each kind in it reads, and one for each reason to close some. Call it in a
    transaction.
    """
    to = recipients([digest.recipient_id], now=now, shared=shared)[digest.recipient_id]
    found = _reminders(digest)
    new_work = _open_records(each.enrolment_id for each in found)
    told = _told(found, to, now)
    verdicts = _sort(found, to, new_work, told, now)
    _write(verdicts)
    if not verdicts.kept:
        return None
    kept = {each.pk for each in verdicts.kept}
    return Letter(
        to=to,
        reminder_ids=[each.pk for each in verdicts.kept],
        items=_items([each for each in verdicts.kept if _is_own(each)], new_work, to, now),
        today=to.today(now),
        notes=[note for each in told for note in each.notes if each.kept & kept],
    )


def _is_own(reminder: Reminder) -> bool:
    """Whether it is about training of the recipient, which is an item of the mail."""
    about_training = reminder.record_id is not None or reminder.enrolment_id is not None
    return about_training and reminder.to == Reminder.To.SELF


def _told(found: list[Reminder], to: Recipient, now: datetime) -> list[Told]:
    """What is said beside the recipient's own training, kind by kind, in their language.

    What waits (a hold, an absence, an initiative that ended) is not asked about.
    """
    spoken = [
        each
        for each in found
        if not _is_own(each)
        and not _of_recipient(to, now)
        and not _of_initiative(each)
        and not _is_over(each, now)
    ]
    with translation.override(to.language):
        return [
            rule.tell(some, to, now)
            for rule in RULES
            if (some := [each for each in spoken if rule.speaks_of(each)])
        ]


def _is_over(reminder: Reminder, now: datetime) -> bool:
    return reminder.expires_at is not None and reminder.expires_at <= now


def _reminders(digest: Digest) -> list[Reminder]:
    return list(
        Reminder.objects.planned()
        .filter(digest=digest)
        .select_related(
            "record__activity",
            "record__item",
            "record__enrolment",
            "record__plan__initiative",
            "enrolment__plan__initiative",
            "initiative",
        )
        .order_by("pk")
    )


def _open_records(enrolment_ids: Iterable[int | None]) -> dict[int, list[TrainingRecord]]:
    wanted = {each for each in enrolment_ids if each is not None}
    found: dict[int, list[TrainingRecord]] = {each: [] for each in wanted}
    rows = TrainingRecord.objects.outstanding().opened().filter(enrolment__in=wanted)
    named = rows.select_related("activity", "item", "plan__initiative")
    for each in named if wanted else ():
        found[each.enrolment_id].append(each)
    return found


def _sort(
    found: list[Reminder],
    to: Recipient,
    new_work: dict[int, list[TrainingRecord]],
    told: list[Told],
    now: datetime,
) -> Verdicts:
    out = Verdicts()
    holding = {pk for each in told for pk in each.kept}
    for each in found:
        verdict = _of_recipient(to, now) or _of_initiative(each)
        if not verdict and _is_own(each):
            verdict = _of_subject(each, new_work)
        if not verdict and _is_over(each, now):
            verdict = EXPIRED
        if not verdict and not _is_own(each) and each.pk not in holding:
            verdict = Closed.SUPERSEDED
        if verdict:
            out.dropped.setdefault(verdict, []).append(each.pk)
        else:
            out.kept.append(each)
    return out


def _of_recipient(to: Recipient, now: datetime) -> str:
    if not to.person.is_active(to.today(now)):
        return Closed.LEFT
    if to.is_away(to.today(now)):
        return AWAY
    return "" if to.address else Closed.UNREACHABLE


def _of_initiative(reminder: Reminder) -> str:
    if reminder.initiative is None:
        return ""
    state = reminder.initiative.state
    if state == Initiative.State.ON_HOLD:
        return ON_HOLD
    running = {Initiative.State.ACTIVE, Initiative.State.SUSTAINING}
    return "" if state in running else Closed.WITHDRAWN


def _of_subject(reminder: Reminder, new_work: dict[int, list[TrainingRecord]]) -> str:
    record = reminder.record
    subject: Any = record or reminder.enrolment
    enrolment = subject if record is None else record.enrolment
    if enrolment.state == Enrolment.State.WITHDRAWN:
        return Closed.WITHDRAWN
    if enrolment.state == Enrolment.State.COMPLETED:
        return Closed.COMPLETED
    if subject.due_revision != reminder.due_revision:
        return Closed.SUPERSEDED
    if record is None:
        return "" if new_work[enrolment.pk] else Closed.COMPLETED
    return _of_record(record)


def _of_record(record: TrainingRecord) -> str:
    if record.is_open():
        is_handed_in = record.state == TrainingRecord.State.SUBMITTED
        return Closed.SUPERSEDED if is_handed_in or record.is_locked() else ""
    if record.state == TrainingRecord.State.WAIVED:
        return Closed.WAIVED
    return Closed.WITHDRAWN if record.state in WITHDRAWN else Closed.COMPLETED


def _write(verdicts: Verdicts) -> None:
    for verdict, ids in verdicts.dropped.items():
        rows = Reminder.objects.filter(pk__in=ids)
        if verdict in {ON_HOLD, AWAY}:
            rows.planned().update(digest=None)
        elif verdict == EXPIRED:
            write_state(rows, source="planned", to="expired")
        else:
            cancel(rows, Closed(verdict))


def _items(
    kept: list[Reminder], new_work: dict[int, list[TrainingRecord]], to: Recipient, now: datetime
) -> list[Item]:
    """One item for each record, however many reminders speak of it; late first, then by date."""
    known = {each.record_id: each.record for each in kept if each.record is not None}
    new = {
        record.pk: record
        for each in kept
        if each.enrolment_id is not None
        for record in new_work[each.enrolment_id]
        if record.pk not in known
    }
    due = {each.record_id for each in kept if each.kind != Reminder.Kind.ADDED}
    again = {each.enrolment_id for each in kept if each.kind == Reminder.Kind.EXPIRING}
    records = [*known.values(), *new.values()]
    granted = _granted(records, to, now)
    # Only what is new says what it is meant to help with.
    given = given_by(records, with_answers=not {each.pk for each in records} <= due)
    items = [
        Item(
            record,
            tuple(given.reasons.get(record.enrolment_id, ())),
            is_new=record.pk not in due,
            is_added=record.pk in known and record.pk not in due,
            granted=granted.get(record.pk, ""),
            is_again=record.enrolment_id in again and record.pk not in known,
            answers=given.answers.get(record.plan_id, ()),
        )
        for record in records
    ]
    return sorted(items, key=lambda each: (each.record.due_on or date.max, each.record.pk))


def _granted(records: Iterable[TrainingRecord], to: Recipient, now: datetime) -> dict[int, str]:
    """Whose the dates are that somebody moved, in the words of the recipient."""
    extended = [record for record in records if record.is_extended]
    if not extended:
        return {}
    with translation.override(to.language):
        more = more_time_of(extended, to.today(now))
    return {pk: each.granted for pk, each in more.items()}
