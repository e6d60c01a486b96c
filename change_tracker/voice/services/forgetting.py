"""Letting go of what people said, when the time is up that they were told."""

from datetime import date, datetime

from django.db import models, transaction

from change_tracker.core import audit
from change_tracker.voice.models import FeedbackItem, FeedbackMessage

#: The inventory of personal data says so as well.
KEPT_YEARS = 2


def forget_feedback(*, today: date, now: datetime) -> int:
    """Delete what was said 24 months ago or longer, with its thread; history keeps how many.

    Published answers stay: they are the team's words about nobody.
    """
    old = FeedbackItem.objects.filter(raised_on__lte=_kept_since(today))
    with transaction.atomic():
        items = list(old.select_for_update().values_list("pk", flat=True))
        if not items:
            return 0
        # Nobody else deletes a message; the plain queryset knows no refusal.
        models.QuerySet(FeedbackMessage).filter(item__in=items).delete()
        FeedbackItem.objects.filter(pk__in=items).delete()
        audit.record(
            object_type=FeedbackItem._meta.model_name,
            verb="forgotten",
            actor=None,
            now=now,
            changes={"items": len(items)},
        )
    return len(items)


def _kept_since(today: date) -> date:
    """The same day two years ago; that of 29 February is the day before."""
    try:
        return today.replace(year=today.year - KEPT_YEARS)
    except ValueError:
        return today.replace(year=today.year - KEPT_YEARS, day=28)
