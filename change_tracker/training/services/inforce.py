"""Whether plans ask people for their work today, for pages that offer to take it back.

What the services refuse is not to be offered: see `undo_completion` and `revoke_completion`.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.fields import BooleanField

from change_tracker.training.models import EnrolmentPeriod, TrainingRecord


def with_force(records: Any) -> Any:
    """`records` with `is_in_force` (the person and the item are in the plan) and `is_superseded`
    (it is asked for once more).
    """
    inside = EnrolmentPeriod.objects.open().filter(enrolment=OuterRef("enrolment"))
    everything: Any = TrainingRecord.objects.all()
    later = everything.attempts_after(OuterRef("enrolment"), OuterRef("item"), OuterRef("attempt"))
    in_force = Q(item__removed_on=None) & Q(Exists(inside))
    return records.annotate(
        is_in_force=ExpressionWrapper(in_force, BooleanField()), is_superseded=Exists(later)
    )


def undo_by(record: Any, today: date) -> int | None:
    """The person (id) who marked it as done and may still take that back; of `with_force`."""
    by: int | None = record.completed_by_id
    if by is None or not record.is_in_force or record.is_superseded:
        return None
    return by if record.can_be_undone_by(by, today) else None
