"""What follows when people leave or move, whoever says so: a roster, a form, the calendar."""

from datetime import date, datetime

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent
from change_tracker.people.points import SYNC_CONSEQUENCES, PeopleChange


def carry_out(change: PeopleChange, *, actor: User | None, now: datetime) -> None:
    """Let the slices further right act on leavers and movers, in the caller's transaction."""
    if change.leavers or change.movers:
        for consequence in SYNC_CONSEQUENCES:
            consequence.apply(change, actor=actor, now=now)


def person_event(
    pk: int,
    *,
    verb: str,
    ends_on: date | None,
    unit: str | None,
    unit_before: str | None,
    actor: User | None,
    now: datetime,
) -> AuditEvent:
    """An unsaved event about somebody who left or moved; units by their external_id."""
    return audit.event(
        object_type="person",
        object_id=pk,
        verb=verb,
        actor=actor,
        now=now,
        changes={
            "unit": unit,
            "unit_before": unit_before,
            "ends_on": ends_on.isoformat() if ends_on else None,
        },
    )
