"""What a link in a mail writes that a page writes otherwise."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from change_tracker.core.access import User
from change_tracker.people.models import Person
from change_tracker.training.models import ExternalLearning, TrainingRecord
from change_tracker.training.services import report_learning


def report_elsewhere(
    *, record: TrainingRecord, actor: User, today: date, now: datetime, **values: Any
) -> ExternalLearning:
    """Report that one did the activity of `record` elsewhere; twice has the effect of once.

    Raises what `report_learning` raises.
    """
    with transaction.atomic():
        # Two presses at once come one after the other.
        Person.objects.select_for_update().get(pk=record.person_id)
        activity = record.activity
        waiting = ExternalLearning.objects.filter(
            person=record.person_id, activity=activity, state=ExternalLearning.State.REPORTED
        ).first()
        return waiting or report_learning(
            title=activity.title,
            minutes=activity.minutes,
            activity=activity,
            actor=actor,
            today=today,
            now=now,
            **values,
        )
