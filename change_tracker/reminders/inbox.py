"""The inbox: what somebody was sent, by whichever way, to be read here as well."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from change_tracker.core.access import User
from change_tracker.reminders.models import Digest, Reminder


def inbox_of(user: User) -> Any:
    """What `user` was sent, the latest first, each with what it was about. Two queries."""
    reminders = Reminder.objects.filter(state=Reminder.State.SENT).select_related(
        "record__activity", "enrolment__plan"
    )
    told = Prefetch("reminders", queryset=reminders.order_by("pk"), to_attr="told")
    return Digest.objects.inbox(user).prefetch_related(told)


def unread_count(user: User) -> int:
    """How much of it was not read yet. One query."""
    return Digest.objects.inbox(user).unread().count()


def mark_read(user: User, *, now: datetime, among: Any = None) -> int:
    """Note that `user` has read it, or what is `among` it; returns how many were new."""
    rows = Digest.objects.inbox(user).unread().order_by()
    return int((rows if among is None else rows.filter(pk__in=among)).update(read_at=now))
