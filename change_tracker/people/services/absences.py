"""Typing in who is away when, and forgetting it once it is over."""

from datetime import date, datetime, timedelta
from typing import Any

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row
from change_tracker.core.validators import days_in_order
from change_tracker.people.models import Absence

#: How long an absence is kept after its last day.
KEPT_DAYS = 30


def create_absence(*, actor: User | None, now: datetime, **values: Any) -> Absence:
    """Note days away that somebody typed. Raises ValidationError for days in the wrong order."""
    days_in_order(values["from_on"], values["to_on"], field="to_on")
    return create_row(Absence, actor=actor, now=now, source=Absence.Source.TYPED, **values)


def change_absence(
    absence: Absence,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Absence:
    """Change days away; what came from the roster is the person's own entry from then on.

    Raises StaleRowError, or ValidationError for days in the wrong order.
    """
    days = {"from_on": absence.from_on, "to_on": absence.to_on} | changes
    days_in_order(days["from_on"], days["to_on"], field="to_on")
    if any(getattr(absence, name) != value for name, value in changes.items()):
        # The next roster would undo it otherwise.
        changes["source"] = Absence.Source.TYPED
    return change_row(absence, actor=actor, now=now, expected_version=expected_version, **changes)


def first_kept(today: date) -> date:
    """Absences that were over before this day are not kept."""
    return today - timedelta(days=KEPT_DAYS)


def forget_absences(*, today: date) -> int:
    """Delete what has been over for longer than it is kept; returns how many."""
    deleted, _by_model = Absence.objects.filter(to_on__lt=first_kept(today)).delete()
    return deleted
