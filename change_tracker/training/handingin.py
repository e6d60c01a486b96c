"""What was handed in, in words: for the one who did, and for those who decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from change_tracker.core.text import short_date
from change_tracker.training.models import LearningActivity, Submission, TrainingRecord

State = Submission.State


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """Of one record: its last hand-in, and in words what became of it."""

    submission_id: int | None = None
    waits: bool = False
    was_returned: bool = False
    said: str = ""
    link: str = ""
    file_name: str = ""


NOTHING_YET = HandedIn()


def handed_in_of(records: Iterable[TrainingRecord], today: date) -> dict[int, HandedIn]:
    """By record, where something was handed in. One query, and none where nothing is asked for."""
    asked = [record.pk for record in records if asks_for(record)]
    if not asked:
        return {}
    rows = Submission.objects.filter(record__in=asked).exclude(state=State.WITHDRAWN)
    last = {row.record_id: row for row in rows.select_related("decided_by").order_by("pk")}
    return {pk: _handed_in(row, today) for pk, row in last.items()}


def asks_for(record: TrainingRecord) -> bool:
    """Whether the person hands something in for this, or did."""
    is_verified = record.activity.completion_rule in LearningActivity.VERIFIED
    return is_verified or record.state == TrainingRecord.State.SUBMITTED


def _handed_in(row: Submission, today: date) -> HandedIn:
    return HandedIn(
        submission_id=row.pk,
        waits=row.state == State.WAITING,
        was_returned=row.state == State.RETURNED,
        said=submission_words(row, today),
        link=row.link,
        file_name=row.file_name,
    )


def submission_words(row: Submission, today: date) -> str:
    """What became of it, such as "Dan Cole gave this back: the second page is missing."."""
    words = {
        "day": short_date(row.handed_in_on, today),
        "name": row.decided_by,
        "answer": row.answer,
    }
    if row.state == State.WAITING:
        said = gettext("You said on %(day)s that you are ready; that waits for an answer.")
        if row.file or row.link:
            said = gettext("Handed in on %(day)s; it waits to be looked at.")
    elif row.state == State.RETURNED:
        said = gettext("This was given back to you: %(answer)s")
        if row.decided_by:
            said = gettext("%(name)s gave this back to you: %(answer)s")
    elif row.decided_by and row.answer:
        said = gettext("Confirmed by %(name)s: %(answer)s")
    else:
        said = gettext("Confirmed by %(name)s.") if row.decided_by else gettext("Confirmed.")
    return said % words


def outcome_words(row: Submission) -> str:
    """How it ended, for those who would have decided it."""
    words = {"name": row.decided_by, "answer": row.answer}
    if row.state == State.WITHDRAWN:
        return gettext("It was taken back, or is no longer asked for.")
    if row.state == State.RETURNED:
        return gettext("%(name)s gave it back: %(answer)s") % words
    return gettext("%(name)s confirmed it.") % words


def refusal_to_hand_in(record: TrainingRecord, last: HandedIn) -> str:
    """Why the person cannot hand anything in for this; empty where they can."""
    if not record.is_open():
        return gettext("This training is no longer asked for, so there is nothing to do.")
    if record.activity.completion_rule not in LearningActivity.VERIFIED:
        return gettext("For this training there is nothing to hand in.")
    if record.is_locked():
        return gettext("You can hand something in when its turn has come.")
    return last.said if last.waits else ""


def refusal_to_hand_in_for(record: TrainingRecord, last: HandedIn) -> str:
    """The same for those who would do it for somebody who cannot sign in."""
    if last.waits:
        return gettext("Something is handed in for this already; it waits to be looked at.")
    return refusal_to_hand_in(record, last)
