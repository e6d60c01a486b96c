"""Which sessions come next, for those who have the activity to do."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from change_tracker.core.access import User
from change_tracker.training.models import Session

#: Of an initiative and an activity.
Key = tuple[int, int]
#: What the line of an agenda says of a session.
SAID = ("starts_at", "ends_at", "timezone", "place")
#: Dates that a page reads at most.
MOST = 200


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


def coming_sessions(user: User, keys: Iterable[Key], now: datetime) -> dict[Key, list[Session]]:
    """The sessions that are not over, by initiative and activity, the next one first. One query."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows: Any = Session.objects.visible_to(user)
    ahead = rows.coming(now).filter(
        initiative__in={initiative for initiative, _activity in wanted},
        activity__in={activity for _initiative, activity in wanted},
    )
    found: dict[Key, list[Session]] = defaultdict(list)
    for session in ahead.select_related("activity")[:MOST]:
        key = (session.initiative_id, session.activity_id)
        if key in wanted:
            found[key].append(session)
    return found
