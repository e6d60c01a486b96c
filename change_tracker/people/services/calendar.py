"""What happens to people because a day has come."""

from datetime import date, datetime, timedelta

from django.db import models, transaction

from change_tracker.core.access import User
from change_tracker.people.models import Person
from change_tracker.people.points import MembershipChange, PeopleChange
from change_tracker.people.services.absences import forget_absences
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.people.services.consequences import carry_out
from change_tracker.people.services.reporting_lines import hold_chains, rebuild_reporting_lines
from change_tracker.people.services.uploads import forget_uploads

#: Days before the last run that are looked at once more; a repeat changes nothing.
LOOK_BACK_DAYS = 14


def follow_calendar(
    *, today: date, now: datetime, last_run: date | None = None, actor: User | None = None
) -> list[MembershipChange]:
    """Act on first and last days that came since `last_run` without anybody touching a row.

    Once a day, by whatever clock; a repeat changes nothing. Without `last_run`, on all that ever
    came. Whoever's last day has passed leaves
    the reporting lines and what slices further right withdraw; whoever begins joins audiences.
    Absences that are long over are deleted, and rosters that nobody applied.
    """
    ended = Person.objects.filter(ends_on__lt=today)
    if last_run is not None:
        ended = ended.filter(ends_on__gte=last_run - timedelta(days=LOOK_BACK_DAYS))
    with transaction.atomic():
        forget_absences(today=today)
        forget_uploads(now=now)
        leavers = _held(ended)
        if leavers:
            rebuild_reporting_lines(today=today, around=leavers)
        carry_out(PeopleChange(today=today, leavers=leavers), actor=actor, now=now)
        return recompute_audiences(actor=actor, today=today, now=now)


def _held(ended: models.QuerySet[Person]) -> list[int]:
    """The keys of those who have left, held until the end: who has come back by then is none."""
    found = list(ended.order_by("pk").values_list("pk", flat=True))
    if not found:
        return []
    hold_chains(found)
    still = set(ended.values_list("pk", flat=True))
    return [pk for pk in found if pk in still]
