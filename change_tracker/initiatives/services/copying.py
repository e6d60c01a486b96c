"""Beginning again with what an initiative said."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from change_tracker.core.access import User
from change_tracker.core.services import create_rows
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.services.lifecycle import create_initiative
from change_tracker.people.models import Person

TEXTS = ("purpose", "future_state", "stays_the_same")
MEMBER = ("person_id", "role")
GOAL = ("title", "unit", "baseline", "target", "direction")
GROUP = ("audience_id", "impact", "from_state", "to_state", "message", "influence", "support")


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
        here = Person.objects.active(timezone.localdate(now))
        sponsors = initiative.members.filter(role=Role.SPONSOR, person__in=here)
        for rows, names in (
            (initiative.objectives.all(), GOAL),
            (initiative.affected_groups.all(), GROUP),
            (sponsors, MEMBER),
        ):
            said = [{"initiative": copy, **each} for each in rows.order_by("pk").values(*names)]
            create_rows(rows.model, said, **by)
    return copy
