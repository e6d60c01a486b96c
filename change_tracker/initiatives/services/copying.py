"""Beginning again with what an initiative said."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from change_tracker.core.access import User
from change_tracker.core.services import create_row
from change_tracker.initiatives.models import (
    AffectedGroup,
    Initiative,
    InitiativeMember,
    Objective,
    Role,
)
from change_tracker.initiatives.services.lifecycle import create_initiative
from change_tracker.people.models import Person

TEXTS = ("purpose", "future_state", "stays_the_same")
GOAL = ("title", "unit", "baseline", "target", "direction")
GROUP = ("audience", "impact", "from_state", "to_state", "message", "influence", "support")


def copy_initiative(
    initiative: Initiative, *, title: str, actor: User, now: datetime
) -> Initiative:
    """A draft with the words, goals, groups and sponsors of `initiative`, led by `actor`.

    Without dates and readings, and without what was heard and done. Sponsors who have left stay
    behind. Raises NoPersonError as `create_initiative` does.
    """
    by: dict[str, Any] = {"actor": actor, "now": now}
    texts = {name: getattr(initiative, name) for name in TEXTS}
    with transaction.atomic():
        copy = create_initiative(title=title, **texts, **by)
        for goal in initiative.objectives.order_by("pk"):
            create_row(Objective, initiative=copy, **_values(goal, GOAL), **by)
        for group in initiative.affected_groups.select_related("audience").order_by("pk"):
            create_row(AffectedGroup, initiative=copy, **_values(group, GROUP), **by)
        here = Person.objects.active(timezone.localdate(now))
        for member in initiative.members.filter(role=Role.SPONSOR, person__in=here):
            create_row(
                InitiativeMember, initiative=copy, person=member.person, role=member.role, **by
            )
    return copy


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
