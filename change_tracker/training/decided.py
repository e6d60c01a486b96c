"""What somebody decided about a record, in words: an exemption, or a completion taken back."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext

from change_tracker.core.text import short_date
from change_tracker.training.models import TrainingRecord

State = TrainingRecord.State
#: States that a person decided on, with a reason.
DECIDED = (State.WAIVED, State.REVOKED)


def left_words(record: TrainingRecord, today: date) -> str:
    """Since when and why it does not count, and who decided; nothing where nobody did."""
    if record.left_on is None or record.state not in DECIDED:
        return ""
    words = {
        "day": short_date(record.left_on, today),
        "name": record.left_by,
        "reason": record.left_reason,
    }
    if record.left_by and record.left_reason:
        return gettext("Since %(day)s, decided by %(name)s: %(reason)s") % words
    if record.left_reason:
        return gettext("Since %(day)s: %(reason)s") % words
    return gettext("Since %(day)s.") % words


def again_of(records: Iterable[TrainingRecord], today: date) -> dict[int, str]:
    """Why the person has to do something again, by record. One query, none for first attempts."""
    again = {(each.enrolment_id, each.item_id, each.attempt - 1): each for each in records}
    again = {key: each for key, each in again.items() if each.attempt > 1 and each.is_open()}
    if not again:
        return {}
    rows = TrainingRecord.objects.filter(
        state=State.REVOKED, enrolment__in={enrolment for enrolment, _item, _attempt in again}
    ).select_related("left_by")
    earlier = {(row.enrolment_id, row.item_id, row.attempt): row for row in rows}
    return {
        each.pk: _again_words(earlier[key], today) for key, each in again.items() if key in earlier
    }


def _again_words(revoked: TrainingRecord, today: date) -> str:
    words = {
        "day": short_date(revoked.left_on, today) if revoked.left_on else "",
        "name": revoked.left_by,
        "reason": revoked.left_reason,
    }
    if revoked.left_by:
        said = gettext("This counted as done until %(day)s. %(name)s took that back: %(reason)s")
        return said % words
    return gettext("This counted as done until %(day)s. That was taken back: %(reason)s") % words
