"""The steps in which an initiative is opened; each writes all that it asks for, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import lock
from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Objective,
    Role,
)
from change_tracker.initiatives.services.lifecycle import change_initiative
from change_tracker.initiatives.services.members import add_member, remove_member
from change_tracker.initiatives.services.parts import (
    add_affected_group,
    add_objective,
    change_part,
)
from change_tracker.people.models import Person
from change_tracker.people.services.audiences import Clause, create_audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the last step showed: the `version` of the initiative, the key of the first member who
    sponsors it, key and version of its first objective.
    """

    version: int | None = None
    sponsor: int | None = None
    goal: tuple[int, int] | None = None


NOTHING = Shown()


def touch_new_group(
    *,
    initiative: Initiative,
    name: str,
    clauses: Sequence[Clause],
    actor: User | None,
    today: date,
    now: datetime,
    **values: Any,
) -> AffectedGroup:
    """Make an audience, and say how the initiative touches it."""
    with transaction.atomic():
        audience = create_audience(name=name, clauses=clauses, actor=actor, today=today, now=now)
        return add_affected_group(
            initiative=initiative, audience=audience, actor=actor, now=now, **values
        )


def set_out(
    initiative: Initiative,
    *,
    go_live_on: date | None,
    sponsor: Person | None,
    goal: Mapping[str, Any],
    actor: User | None,
    now: datetime,
    shown: Shown = NOTHING,
) -> Initiative:
    """Write when it goes live, who stands for it and the first thing that it wants to reach.

    `sponsor` and `goal` take the place of what was `shown`; None and an empty `goal` leave what
    there is. Raises StaleRowError when somebody was quicker, NotHereError for a leaver.
    """
    by: dict[str, Any] = {"actor": actor, "now": now}
    with transaction.atomic():
        lock(initiative)  # so that of two who begin at once, the second is told
        changed = change_initiative(
            initiative, go_live_on=go_live_on, expected_version=shown.version, **by
        )
        if sponsor is not None:
            _name_sponsor(initiative, sponsor, shown.sponsor, **by)
        if goal:
            _set_goal(initiative, goal, shown.goal, **by)
    return changed


def first_sponsor(initiative: Initiative) -> InitiativeMember | None:
    """Who was named first, if anybody was."""
    sponsors = initiative.members.filter(role=Role.SPONSOR).select_related("person")
    return sponsors.order_by("pk").first()


def first_objective(initiative: Initiative) -> Objective | None:
    """What was named first, if anything was."""
    return initiative.objectives.order_by("pk").first()


def _name_sponsor(initiative: Initiative, sponsor: Person, shown: int | None, **by: Any) -> None:
    named = initiative.members.filter(role=Role.SPONSOR)
    if named.filter(person=sponsor).exists():
        return
    before = first_sponsor(initiative)
    if (before and before.pk) != shown:
        raise StaleRowError
    add_member(initiative=initiative, person=sponsor, role=Role.SPONSOR, **by)
    if before is not None:
        remove_member(before, **by)


def _set_goal(
    initiative: Initiative, goal: Mapping[str, Any], shown: tuple[int, int] | None, **by: Any
) -> None:
    first = first_objective(initiative)
    if (first and first.pk) != (shown and shown[0]):
        raise StaleRowError
    if first is None or shown is None:
        add_objective(initiative=initiative, **goal, **by)
    else:
        change_part(first, expected_version=shown[1], **goal, **by)
