"""Reading everything again just before a mail leaves: what of it still holds?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils import translation

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.items import Item, items_of
from change_tracker.reminders.kinds import RULES
from change_tracker.reminders.kinds.base import Note, Told
from change_tracker.reminders.models import Digest, Reminder
from change_tracker.reminders.recipients import Recipient, recipients
from change_tracker.reminders.states import cancel, write_state
from change_tracker.training.models import Enrolment, TrainingRecord

Closed = Reminder.ClosedReason
#: Not a reason to close: the reminder waits without a mail until the initiative goes on.
ON_HOLD = "on_hold"
#: Neither: it goes into the mail of the first working day after the absence.
AWAY = "away"
EXPIRED = "expired"
WITHDRAWN = {"void", "revoked"}


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
    """What stays in one mail, and what is said of it beside the recipient's own training; the rest
    by why it does not.
    """

    to: Recipient
    told: list[Told]
    kept: list[Reminder] = field(default_factory=list)
    dropped: dict[str, list[int]] = field(default_factory=dict)

    @property
    def own(self) -> list[Reminder]:
        """What stays of the recipient's own training."""
        return [each for each in self.kept if _is_own(each)]

    def notes(self) -> list[Note]:
        """What is said of the rest that stays."""
        kept = {each.pk for each in self.kept}
        return [note for each in self.told for note in each.notes if each.kept & kept]


def review(
    digests: Collection[Digest], *, now: datetime, shared: frozenset[str]
) -> dict[int, Letter]:
    """What each of `digests` says now, by its key; without those that have nothing left to say.
    Their reminders that no longer hold are closed.

    `shared` are the addresses that are nobody's own. Some six queries for any number of digests,
    one for each reason to close reminders, and for each mail what the kinds in it read that are not
    the recipient's own training. Call it in a transaction.
    """
    to = recipients({each.recipient_id for each in digests}, now=now, shared=shared)
    found = _reminders(digests)
    everything = [each for some in found.values() for each in some]
    new_work = _open_records(each.enrolment_id for each in everything)
    verdicts = {
        each.pk: _sort(found[each.pk], to[each.recipient_id], new_work, now) for each in digests
    }
    _write(verdicts.values())
    own = {pk: each.own for pk, each in verdicts.items()}
    items = items_of(own, {pk: each.to for pk, each in verdicts.items()}, new_work, now=now)
    return {
        pk: Letter(
            to=each.to,
            reminder_ids=[reminder.pk for reminder in each.kept],
            items=items[pk],
            today=each.to.today(now),
            notes=each.notes(),
        )
        for pk, each in verdicts.items()
        if each.kept
    }


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


def _reminders(digests: Iterable[Digest]) -> dict[int | None, list[Reminder]]:
    """By digest."""
    found: dict[int | None, list[Reminder]] = {each.pk: [] for each in digests}
    rows = (
        Reminder.objects.planned()
        .filter(digest__in=found)
        .select_related(
            "record__activity",
            "record__item",
            "record__enrolment",
            "record__plan__initiative",
            "enrolment__plan__initiative",
            "initiative",
        )
    )
    # Sorted here: a query of so many columns is long in the making when it has an order.
    for each in sorted(rows.order_by(), key=attrgetter("pk")):
        found[each.digest_id].append(each)
    return found


def _open_records(enrolment_ids: Iterable[int | None]) -> dict[int, list[TrainingRecord]]:
    wanted = {each for each in enrolment_ids if each is not None}
    found: dict[int, list[TrainingRecord]] = {each: [] for each in wanted}
    rows = TrainingRecord.objects.outstanding().opened().filter(enrolment__in=wanted)
    named = rows.select_related("activity", "item", "plan__initiative")
    for each in named if wanted else ():
        found[each.enrolment_id].append(each)
    return found


def _sort(
    found: list[Reminder], to: Recipient, new_work: dict[int, list[TrainingRecord]], now: datetime
) -> Verdicts:
    out = Verdicts(to, _told(found, to, now))
    holding = {pk for each in out.told for pk in each.kept}
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


def _write(verdicts: Iterable[Verdicts]) -> None:
    dropped: dict[str, list[int]] = {}
    for each in verdicts:
        for verdict, ids in each.dropped.items():
            dropped.setdefault(verdict, []).extend(ids)
    for verdict, ids in dropped.items():
        rows = Reminder.objects.filter(pk__in=ids)
        if verdict in {ON_HOLD, AWAY}:
            rows.planned().update(digest=None)
        elif verdict == EXPIRED:
            write_state(rows, source="planned", to="expired")
        else:
            cancel(rows, Closed(verdict))
