"""Writing history: one event for each change that is worth a line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent

SYSTEM = "system"


def actor_label(actor: User | None) -> str:
    """How history names the actor, also after the account is gone."""
    return str(actor)[:150] if actor is not None else SYSTEM


def event(  # noqa: PLR0913  the columns of one event
    *,
    obj: models.Model | None = None,
    object_type: str = "",
    object_id: object = "",
    verb: str,
    actor: User | None,
    now: datetime,
    scope: str = "",
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """An unsaved event about `obj`, or about the named type and id."""
    if obj is not None:
        object_type, object_id = obj._meta.model_name or "", obj.pk
    return AuditEvent(
        at=now,
        actor_user_id=actor.pk if actor is not None else None,
        actor_label=actor_label(actor),
        verb=verb,
        object_type=object_type,
        object_id=str(object_id),
        scope=scope,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        changes=dict(changes or {}),
    )


def record(**facts: Any) -> AuditEvent:
    """Save one event; takes what `event` takes. Call it in the transaction of its cause."""
    saved = event(**facts)
    saved.save()
    return saved


def record_many(events: Iterable[AuditEvent]) -> None:
    """Save many events in batches."""
    AuditEvent.objects.bulk_create(events, batch_size=1000)


FREE_TEXT = (models.TextField,)


def plain(field: object, value: Any) -> Any:
    """A value as history keeps it: rows by id, files by name, and no free text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(field, FREE_TEXT):
        return "…"
    if isinstance(value, FieldFile):
        return value.name
    return value if isinstance(value, int | bool | None) else str(value)
