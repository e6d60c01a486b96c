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
        state__in=(State.REVOKED, State.COMPLETED),
        enrolment__in={enrolment for enrolment, _item, _attempt in again},
    ).select_related("left_by")
    earlier = {(row.enrolment_id, row.item_id, row.attempt): row for row in rows}
    return {
        each.pk: _again_words(earlier[key], each, today)
        for key, each in again.items()
        if key in earlier
    }


def _again_words(earlier: TrainingRecord, again: TrainingRecord, today: date) -> str:
    if earlier.state == State.COMPLETED:
        return _done_before_words(earlier, again, today)
    words = {
        "day": short_date(earlier.left_on, today) if earlier.left_on else "",
        "name": earlier.left_by,
        "reason": earlier.left_reason,
    }
    if earlier.left_by:
        said = gettext("This counted as done until %(day)s. %(name)s took that back: %(reason)s")
        return said % words
    return gettext("This counted as done until %(day)s. That was taken back: %(reason)s") % words


def _done_before_words(earlier: TrainingRecord, again: TrainingRecord, today: date) -> str:
    words = {"day": short_date(earlier.completed_on, today) if earlier.completed_on else ""}
    if earlier.expires_on is not None:
        words["until"] = short_date(earlier.expires_on, today)
        if earlier.expires_on < today:
            return gettext("You did this on %(day)s, and that counted until %(until)s.") % words
        return gettext("You did this on %(day)s, and that counts until %(until)s.") % words
    if earlier.activity_version < again.activity_version:
        return gettext("You did this on %(day)s. There is a new version of it since.") % words
    return gettext("You did this on %(day)s. It is to do once more.") % words
