"""Running the host's people source, with nobody looking: a brake instead of a preview."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.jobs.telling import Tell, keep_quiet
from change_tracker.core.tables import table_of
from change_tracker.people.services.sync.apply import SyncResult, apply_roster, keep_unread
from change_tracker.people.services.sync.brake import refuse_too_many
from change_tracker.people.services.sync.plans import PeoplePlan
from change_tracker.people.services.sync.roster import (
    COLUMNS,
    REQUIRED,
    Roster,
    UnitRecord,
    read_roster,
)
from change_tracker.people.sources import PeopleSource, in_the_hosts_code

UNIT_COLUMNS = ("external_id", "name", "parent")


def roster_from(source: PeopleSource, *, today: date) -> Roster:
    """What `source` says today, checked like a file.

    Raises UnreadableFileError, SourceFailedError.
    """
    with in_the_hosts_code(source.name):
        people = table_of(source.people(today), columns=COLUMNS, required=REQUIRED)
        listed = table_of(source.units(), columns=UNIT_COLUMNS, required=UNIT_COLUMNS[:2])
    units = (
        UnitRecord(key=row["external_id"], name=row["name"], parent=row.get("parent", ""))
        for row in (each.values for each in listed.rows)
        if row["external_id"]
    )
    return read_roster(people, source=source.name, units=units)


def sync_people(
    *,
    roster: Roster,
    full: bool,
    today: date,
    actor: User | None,
    now: datetime,
    allow: int | None = None,
    look: Callable[[PeoplePlan], None] | None = None,
    tell: Tell = keep_quiet,
) -> SyncResult:
    """Apply `roster` unless more than `allow` people would leave or move.

    Without `allow`, the limit is what the settings call ordinary. `look` may refuse for another
    reason, or show the plan. Raises TooManyChangesError, with the run kept as refused, and what
    `apply_roster` raises.
    """

    def brake(plan: PeoplePlan) -> None:
        if look is not None:
            look(plan)
        refuse_too_many(plan, allow)

    return apply_roster(
        roster=roster, full=full, today=today, look=brake, actor=actor, now=now, tell=tell
    )


def sync_source(
    source: PeopleSource, *, today: date, actor: User | None, now: datetime, **options: Any
) -> SyncResult:
    """Apply what `source` says today, under the brake; takes what `sync_people` takes.

    Raises UnreadableFileError and SourceFailedError, with the run kept as refused, and what that
    raises.
    """
    try:
        roster = roster_from(source, today=today)
    except ChangeTrackerError as error:
        keep_unread(source.name, error, actor, now)
        raise
    return sync_people(
        roster=roster,
        full=source.is_complete,
        today=today,
        actor=actor,
        now=now,
        **options,
    )
