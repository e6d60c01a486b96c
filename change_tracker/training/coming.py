"""Which sessions come next, and what there is to learn from, for those who have it to do."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from change_tracker.core.access import User
from change_tracker.core.together import Part, read_together
from change_tracker.training.models import ActivityFile, LearningActivity, Session

#: What the line of an agenda says of a session.
SAID = ("starts_at", "ends_at", "timezone", "place")


def with_next_session(records: Any, now: datetime) -> Any:
    """`records` with the columns of the session that comes next, for `next_session_of`."""
    ahead = Session.objects.coming(now).filter(
        activity=OuterRef("activity"), initiative=OuterRef("plan__initiative")
    )
    return records.annotate(**{f"next_{name}": Subquery(ahead.values(name)[:1]) for name in SAID})


def next_session_of(record: Any) -> Session | None:
    """That session, as far as the line of an agenda says it; None where none comes or was read."""
    if getattr(record, "next_starts_at", None) is None:
        return None
    return Session(**{name: getattr(record, f"next_{name}") for name in SAID})


def what_comes_with(
    user: User, *, activity: int, initiative: int | None, now: datetime
) -> tuple[list[Session], list[ActivityFile]]:
    """The sessions of an activity that are not over, also cancelled ones, and its files. One query.

    Sessions are those of one initiative, without it none.
    """
    files: Any = ActivityFile.objects.visible_to(user)
    sessions: Any = Session.objects.visible_to(user)
    ahead = sessions.ahead(now).filter(activity=activity, initiative=initiative)
    coming, kept = read_together(
        Part(ahead, ("id", *SAID, "url", "led_by", "cancelled_on")),
        Part(files.filter(activity=activity), ("id", "file_name", "size")),
    )
    return sorted(coming, key=begins), sorted(kept, key=lambda each: each.pk)


def dated_part(sessions: Any) -> Part:
    """Of `sessions` what a line says that names them, to be read together with others."""
    return Part(sessions, ("id", *SAID, "activity__title"), _with_title)


def begins(session: Session) -> tuple[datetime, int]:
    """To sort sessions by."""
    return session.starts_at, session.pk


def _with_title(activity__title: str, **said: Any) -> Session:
    return Session(activity=LearningActivity(title=activity__title), **said)
