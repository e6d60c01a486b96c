"""Which of several attempts at one item a completion from elsewhere is about."""

from collections.abc import Collection, Sequence
from datetime import date

from change_tracker.training.models import TrainingRecord


def attempt_meant(attempts: Sequence[TrainingRecord], day: date | None) -> TrainingRecord:
    """The one of `attempts`, in their order, that somebody means who says it was done on `day`.

    The last; but what was done before the last was asked for is the completion before it, which is
    known already.
    """
    last = attempts[-1]
    done = [each for each in attempts[:-1] if each.state == TrainingRecord.State.COMPLETED]
    if day is None or not done or not last.is_open():
        return last
    known = done[-1]
    is_old = known.completed_on is not None and day <= known.completed_on
    is_early = last.opens_on is not None and day < last.opens_on
    return known if is_old or is_early else last


def superseded(records: Collection[TrainingRecord]) -> set[int]:
    """Those of `records` (ids) that are followed by a further attempt among them."""
    ordered = sorted(records, key=lambda record: record.attempt)
    last = {(record.enrolment_id, record.item_id): record.pk for record in ordered}
    return {record.pk for record in records} - set(last.values())
