"""Until when completions count, where many are written at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from change_tracker.training.models import TrainingRecord
from change_tracker.training.rules import valid_until


def set_expiry(done: Iterable[TrainingRecord]) -> None:
    """Write until when the completed records `done` count, with their activities read.

    One statement for each day; none where everything counts for good.
    """
    until: dict[date, list[int]] = defaultdict(list)
    for record in done:
        if record.completed_on is not None and record.activity.valid_months:
            record.expires_on = valid_until(record.completed_on, record.activity.valid_months)
            until[record.expires_on or record.completed_on].append(record.pk)
    for day, ids in until.items():
        TrainingRecord.objects.filter(pk__in=ids).update(expires_on=day)
