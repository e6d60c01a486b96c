"""What follows when people leave or move, whoever says so: a roster, a form, the calendar."""

from datetime import date, datetime

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Audience
from change_tracker.people.points import SYNC_CONSEQUENCES, SYNC_OUTCOMES, PeopleChange
from change_tracker.people.services.audiences.membership import held


def carry_out(change: PeopleChange, *, actor: User | None, now: datetime) -> None:
    """Let the slices further right act on who leaves or moves, in the caller's transaction."""
    if change:
        # First, as whoever changes a group does: what they act on may wait for a group.
        list(held(Audience.objects.all()).values_list("pk"))
        for consequence in SYNC_CONSEQUENCES:
            consequence.apply(change, actor=actor, now=now)


def foreseen(change: PeopleChange) -> list[str]:
    """What `carry_out` would do, a sentence each."""
    if not change:
        return []
    return [str(line) for each in SYNC_CONSEQUENCES for line in each.preview(change)]


def came_of_it(change: PeopleChange) -> list[str]:
    """What has come of `change`, when everything is written; a sentence each."""
    return [line for outcome in SYNC_OUTCOMES for line in outcome(change)] if change else []


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
