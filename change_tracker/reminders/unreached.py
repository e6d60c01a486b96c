"""People whom no mail reaches: who never counts as reminded, and whom somebody has to speak to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from change_tracker.people.models import Person
from change_tracker.reminders.models import Reminder
from change_tracker.reminders.recipients import recipients, shared_among

#: So many are looked at for one mail; it names a few of them and counts the rest.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody without an address, or whose address `is_shared` with others and nobody's."""

    person: Person
    is_shared: bool


def not_reached(records: "QuerySet[Any]") -> Any:
    """Those of `records` of which the log says that their person could not be told."""
    log = Reminder.objects.filter(
        closed_reason=Reminder.ClosedReason.UNREACHABLE,
        to=Reminder.To.SELF,
        recipient=OuterRef("person"),
    )
    of_record = log.filter(record=OuterRef("pk"))
    of_enrolment = log.filter(enrolment=OuterRef("enrolment"))
    return records.filter(Exists(of_record) | Exists(of_enrolment))


def unreached(records: "QuerySet[Any]", now: datetime) -> dict[int, Unreached]:
    """The people behind `records` whom nothing reaches to this day, by id and in the order of their
    names. Some six queries.
    """
    ids = list(not_reached(records).order_by().values_list("person", flat=True).distinct()[:MOST])
    if not ids:
        return {}
    shared = shared_among(ids, now)
    found = recipients(ids, now=now, shared=shared).values()
    lost = [each.person for each in found if not each.address and each.person.is_active(now.date())]
    named = sorted(lost, key=lambda each: (each.display_name, each.pk))
    return {each.pk: Unreached(each, is_shared=bool(each.email)) for each in named}


def people_of(rows: Sequence[Any], lost: dict[int, Unreached]) -> list[Unreached]:
    """Those of `lost` who are the person of one of `rows`, each once."""
    ids = {each.person_id for each in rows}
    return [each for pk, each in lost.items() if pk in ids]
