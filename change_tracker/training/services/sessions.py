"""Dates of activities: create, change, delete."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row, lock
from change_tracker.initiatives.models import Initiative
from change_tracker.training.errors import AttendedError, CancelledError
from change_tracker.training.models import LearningActivity, Session
from change_tracker.training.models.sessions import check_zone

#: What those are told of anew who have it to do.
TOLD = ("starts_at", "ends_at", "timezone", "place")
#: What says when and of what it is; with attendance recorded it stays.
FIXED = ("activity", "starts_at", "ends_at", "timezone")


def create_session(
    *, initiative: Initiative, activity: LearningActivity, actor: User, now: datetime, **values: Any
) -> Session:
    """A session of `activity` for those of `initiative` who have it to do.

    One that is alike in everything is the same, sent twice: it is announced once.

    Raises ValidationError for an activity of another initiative, a zone that there is not, and an
    end before the beginning.
    """
    _check(initiative, activity, values["starts_at"], values["ends_at"], values["timezone"])
    of: dict[str, Any] = {"initiative": initiative, "activity": activity}
    with transaction.atomic():
        # Of two that are sent at once one comes after the other.
        lock(initiative)
        alike = Session.objects.filter(cancelled_on=None, **of, **values).first()
        if alike is not None:
            return alike
        values["dated_on"] = timezone.localdate(now)
        return create_row(Session, actor=actor, now=now, **of, **values)


def change_session(
    session: Session,
    *,
    actor: User,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Session:
    """Change it, if it still has `expected_version`. Its initiative stays.

    Raises AttendedError where it was recorded who was there and the date would be another one,
    StaleRowError; else as `create_session` does.
    """
    changes.pop("initiative", None)
    fixed = {name: changes.get(name, getattr(session, name)) for name in FIXED}
    _check(session.initiative, *fixed.values())
    with transaction.atomic():
        # Held against those who record who was there.
        lock(session)
        moves = any(getattr(session, name) != value for name, value in fixed.items())
        if moves and session.attendances.exists():
            raise AttendedError
        if session.cancelled_on is not None:
            raise CancelledError
        if any(
            changes.get(name, getattr(session, name)) != getattr(session, name) for name in TOLD
        ):
            # Whoever has it to do is told of the new date or place.
            changes["dated_on"] = timezone.localdate(now)
            changes["due_revision"] = session.due_revision + 1
        return change_row(
            session, actor=actor, now=now, expected_version=expected_version, **changes
        )


def delete_session(
    session: Session, *, actor: User, now: datetime, calls_off: bool = False
) -> None:
    """Cancel it: it stays where people look for it, as cancelled, and who has it to do is told.

    In a draft, and where it was cancelled before, the row goes; but what is only to be called off
    (`calls_off`) and is already, as after a second press, stays. Raises AttendedError where it was
    recorded who was there, and StaleRowError where it is gone.
    """
    with transaction.atomic():
        lock(session)
        session.refresh_from_db()
        if calls_off and session.cancelled_on is not None:
            return
        if session.attendances.exists():
            raise AttendedError
        if session.initiative.is_draft or session.cancelled_on is not None:
            delete_row(session, actor=actor, now=now)
        else:
            change_row(session, actor=actor, now=now, cancelled_on=timezone.localdate(now))


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
