"""Giving open actions to somebody else, all at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Person


def hand_actions_on(
    initiative: Initiative, owner: Person, *, to: Person, actor: User | None, now: datetime
) -> int:
    """Give the open actions that `owner` has in `initiative` to somebody else; returns how many.

    Three statements for any number of them.
    """
    with transaction.atomic():
        rows = MitigationAction.objects.open().filter(initiative=initiative, owner=owner)
        held = list(rows.select_for_update().order_by("pk"))
        same = MitigationAction.objects.filter(pk__in=[each.pk for each in held])
        same.update(owner=to, version=F("version") + 1)
        audit.record_many(
            audit.event(
                obj=each,
                verb="changed",
                actor=actor,
                now=now,
                scope=initiative.audit_scope,
                changes={"owner": to.pk},
            )
            for each in held
        )
    return len(held)
