"""People whom no mail reaches: who never counts as reminded, and whom somebody has to speak to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from change_tracker.people.models import Person
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.recipients import recipients, shared_among

#: So many are looked at for one mail; it names a few of them and counts the rest.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody without an address, or whose address `is_shared` with others and nobody's;
    `initiatives` are those (ids) of the training that they have.
    """

    person: Person
    is_shared: bool
    initiatives: frozenset[int]


def not_reached(records: "QuerySet[Any]", **of_log: Any) -> Any:
    """Those of `records` of which the log says that their person could not be told; `of_log` is a
    condition on its rows that leaves out what cannot be about them.
    """
    log: Any = Reminder.objects.filter(
        closed_reason=Reminder.ClosedReason.UNREACHABLE, to=Reminder.To.SELF, **of_log
    )
    # The log is read once, not for each record.
    return records.filter(
        Q(pk__in=log.filter(record__isnull=False).ids("record"))
        | Q(enrolment__in=log.filter(enrolment__isnull=False).ids("enrolment"))
    )


def unreached(records: "QuerySet[Any]", now: datetime) -> list[Unreached]:
    """The people behind `records`, which were not reached, whom nothing reaches to this day; by
    name. Some six queries.
    """
    where: dict[int, set[int]] = defaultdict(set)
    pairs = records.order_by().values_list("person", "plan__initiative").distinct()
    for person, initiative in pairs[:MOST]:
        where[person].add(initiative)
    if not where:
        return []
    shared = shared_among(where, now)
    found = recipients(where, now=now, shared=shared).values()
    lost = [each.person for each in found if not each.address and each.person.is_active(now.date())]
    return [
        Unreached(each, is_shared=bool(each.email), initiatives=frozenset(where[each.pk]))
        for each in sorted(lost, key=lambda each: (each.display_name, each.pk))
    ]
