"""The trainings in a mail: what is said of each, and why its recipient has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation

from change_tracker.reminders.models import Reminder
from change_tracker.reminders.recipients import Recipient
from change_tracker.training.duewords import Reason
from change_tracker.training.given import Given, given_by
from change_tracker.training.models import TrainingRecord
from change_tracker.training.moretime import more_time_of

#: The open records of enrolments, by enrolment.
NewWork = Mapping[int, Sequence[TrainingRecord]]


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


def items_of(
    own: Mapping[int, Sequence[Reminder]],
    to: Mapping[int, Recipient],
    new_work: NewWork,
    *,
    now: datetime,
) -> dict[int, list[Item]]:
    """By mail, as are its reminders of `own` training and to whom it goes: one item for each
    record, however many reminders speak of it; late first, then by date.

    `new_work` are the open records of the enrolments that are spoken of. One query, and one for
    each mail with a date that somebody moved.
    """
    spoken = {pk: _records(some, new_work) for pk, some in own.items()}
    records = [record for some in spoken.values() for record in some]
    # Only what is new says what it is meant to help with.
    due = {pk for some in own.values() for pk in _due(some)}
    given = given_by(records, with_answers=not {each.pk for each in records} <= due)
    return {pk: _items(own[pk], spoken[pk], given, to[pk], now) for pk in own}


def _records(own: Sequence[Reminder], new_work: NewWork) -> list[TrainingRecord]:
    known = {each.record_id: each.record for each in own if each.record is not None}
    new = {
        record.pk: record
        for each in own
        if each.enrolment_id is not None
        for record in new_work[each.enrolment_id]
        if record.pk not in known
    }
    return [*known.values(), *new.values()]


def _due(own: Iterable[Reminder]) -> set[int | None]:
    """The records of which the recipient has read before."""
    return {each.record_id for each in own if each.kind != Reminder.Kind.ADDED}


def _items(
    own: Sequence[Reminder],
    records: Iterable[TrainingRecord],
    given: Given,
    to: Recipient,
    now: datetime,
) -> list[Item]:
    known, due = {each.record_id for each in own}, _due(own)
    again = {each.enrolment_id for each in own if each.kind == Reminder.Kind.EXPIRING}
    granted = _granted(records, to, now)
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
