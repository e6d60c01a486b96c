"""The brake: how many people may leave or move in one run before somebody has to look."""

from datetime import date

from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import Person
from change_tracker.people.services.sync.plans import Kind, PeoplePlan


class TooManyChangesError(ChangeTrackerError):
    """More people would leave or move than somebody should let happen without a look."""

    code = "too_many_changes"


def ordinary_changes(today: date) -> int:
    """How many people may leave or move in one run that nobody looks at."""
    conf = get_conf()
    share = Person.objects.active(today).count() * conf.sync_brake_percent // 100
    return max(conf.sync_brake_people, share)


def is_too_many(affected: int, *, ordinary: int, allow: int | None = None) -> bool:
    """Whether more leave or move than somebody allowed, or where nobody did than is ordinary."""
    return affected > (ordinary if allow is None else allow)


def refuse_too_many(plan: PeoplePlan, allow: int | None) -> None:
    """Raise TooManyChangesError where `plan` moves or ends more than `allow`, or is ordinary."""
    if plan.errors or not plan.affected:
        return
    limit = ordinary_changes(plan.today) if allow is None else allow
    if is_too_many(plan.affected, ordinary=limit):
        raise TooManyChangesError(_refusal(plan, limit))


def _refusal(plan: PeoplePlan, limit: int) -> str:
    return _(
        "%(leavers)s people would leave and %(movers)s would move to another unit; "
        "up to %(limit)s together are ordinary. Nothing was applied. If it is right, human "
        "resources look at it on the page “People” and let it happen there, or whoever runs the "
        "server does with “--allow-leavers %(all)s”."
    ) % {
        "leavers": len(plan.of(Kind.LEAVER)),
        "movers": len(plan.of(Kind.MOVER)),
        "limit": limit,
        "all": plan.affected,
    }
