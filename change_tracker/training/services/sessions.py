"""Dates of activities: create, change, delete."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.initiatives.models import Initiative
from change_tracker.training.errors import AttendedError
from change_tracker.training.models import LearningActivity, Session
from change_tracker.training.models.sessions import check_zone

#: What says when and of what it is; with attendance recorded it stays.
FIXED = ("activity", "starts_at", "ends_at", "timezone")


def create_session(
    *, initiative: Initiative, activity: LearningActivity, actor: User, now: datetime, **values: Any
) -> Session:
    """A session of `activity` for those of `initiative` who have it to do.

    Raises ValidationError for an activity of another initiative, a zone that there is not, and an
    end before the beginning.
    """
    _check(initiative, activity, values["starts_at"], values["ends_at"], values["timezone"])
    return create_row(
        Session, initiative=initiative, activity=activity, actor=actor, now=now, **values
    )


def change_session(
    session: Session,
    *,
    actor: User,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Session:
    """Change it, if it still has `expected_version`. Its initiative stays.

    Raises AttendedError where it was recorded who was there and the date would be another one;
    else as `create_session` does.
    """
    changes.pop("initiative", None)
    fixed = {name: changes.get(name, getattr(session, name)) for name in FIXED}
    _check(session.initiative, *fixed.values())
    with transaction.atomic():
        _lock(session)
        moves = any(getattr(session, name) != value for name, value in fixed.items())
        if moves and session.attendances.exists():
            raise AttendedError
        return change_row(
            session, actor=actor, now=now, expected_version=expected_version, **changes
        )


def delete_session(session: Session, *, actor: User, now: datetime) -> None:
    """Delete it; raises AttendedError where it was recorded who was there."""
    with transaction.atomic():
        _lock(session)
        if session.attendances.exists():
            raise AttendedError
        delete_row(session, actor=actor, now=now)


def _lock(session: Session) -> None:
    """Hold it against those who record who was there."""
    list(Session.objects.filter(pk=session.pk).select_for_update().values_list("pk"))


def _check(
    initiative: Initiative,
    activity: LearningActivity,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
) -> None:
    check_zone(zone)
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("It has to end after it begins.")})
    if activity.initiative_id not in {None, initiative.pk}:
        raise ValidationError({"activity": _("This activity belongs to another initiative.")})
