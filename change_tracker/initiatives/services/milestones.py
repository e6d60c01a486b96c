"""Dates on the way: setting them, and saying that they are reached."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row, delete_row, lock
from change_tracker.initiatives.models import Initiative, Milestone


class ReachedError(ChangeTrackerError):
    """What was reached is not deleted."""

    code = "reached"


def add_milestone(
    *, initiative: Initiative, actor: User | None, now: datetime, **values: Any
) -> Milestone:
    """Set a date on the way; with `reached_on`, one that is behind us."""
    _require_past(values.get("reached_on"), now)
    return create_row(Milestone, initiative=initiative, actor=actor, now=now, **values)


def change_milestone(
    milestone: Milestone,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Milestone:
    """Change what it says. `reached_on` says that it is reached, None that it is not.

    Raises ValidationError for a day to come, StaleRowError as `change_row` does.
    """
    _require_past(changes.get("reached_on"), now)
    return change_row(milestone, actor=actor, now=now, expected_version=expected_version, **changes)


def delete_milestone(milestone: Milestone, *, actor: User | None, now: datetime) -> None:
    """Delete a date that falls away. Raises ReachedError for one that was reached."""
    with transaction.atomic():
        if lock(milestone).reached_on is not None:
            raise ReachedError(_("It is reached, and stays in the history of the initiative."))
        delete_row(milestone, actor=actor, now=now)


def _require_past(day: date | None, now: datetime) -> None:
    if day is not None and day > timezone.localdate(now):
        raise ValidationError({"reached_on": _("It cannot be reached on a day to come.")})
