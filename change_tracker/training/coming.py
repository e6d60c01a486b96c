"""Which sessions come next, and what there is to learn from, for those who have it to do."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast

from change_tracker.core.access import User
from change_tracker.training.models import ActivityFile, Session

#: What the line of an agenda says of a session.
SAID = ("starts_at", "ends_at", "timezone", "place")
#: Dates and files that a page reads at most.
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


def what_comes_with(
    user: User, *, activity: int, initiative: int | None, now: datetime
) -> tuple[list[Session], list[ActivityFile]]:
    """The sessions of an activity that are not over, the next one first, and its files. One query.

    Sessions are those of one initiative, without it none.
    """
    files: Any = ActivityFile.objects.visible_to(user)
    parts = _columns(files.filter(activity=activity), "file", FILE)
    if initiative is not None:
        sessions: Any = Session.objects.visible_to(user)
        ahead = sessions.coming(now).filter(activity=activity, initiative=initiative)
        parts = _columns(ahead, "session", SESSION).union(parts, all=True)
    rows = list(parts.order_by("sort", "begins", "pk")[:MOST])
    return _made(rows, "session", SESSION, Session), _made(rows, "file", FILE, ActivityFile)


#: By column of the union the field of the model that it holds.
SESSION = {
    "begins": "starts_at",
    "ends": "ends_at",
    "zone": "timezone",
    "where": "place",
    "address": "url",
    "leader": "led_by",
}
FILE = {"name": "file_name", "bytes": "size"}
NOTHING: dict[str, Any] = {
    "begins": Cast(Value(None), DateTimeField()),
    "ends": Cast(Value(None), DateTimeField()),
    "bytes": Value(0),
}


def _columns(rows: Any, sort: str, fields: dict[str, str]) -> Any:
    """The columns of both, alike in all parts of the union."""
    names = ("sort", "pk", *SESSION, *FILE)
    empty = Value("", output_field=CharField())
    given = {name: NOTHING.get(name, empty) for name in names[2:] if name not in fields}
    given |= {name: F(field) for name, field in fields.items()}
    ordered = {name: given[name] for name in names[2:]}
    kind = Value(sort, output_field=CharField())
    return rows.order_by().annotate(sort=kind, **ordered).values(*names)


def _made(rows: list[dict[str, Any]], sort: str, fields: dict[str, str], model: Any) -> list[Any]:
    return [
        model(pk=row["pk"], **{field: row[name] for name, field in fields.items()})
        for row in rows
        if row["sort"] == sort
    ]
