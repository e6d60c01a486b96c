"""What people have to do who cannot sign in to say that they did it, for those who say it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.training.models import TrainingRecord
from change_tracker.training.services import Recorded
from change_tracker.training.services.recording import Reach

#: Activities, and people of one, that a page shows; the rest come up as these are recorded.
MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item of a plan, and how many people somebody may record it for."""

    item_id: int
    title: str
    plan: str
    initiative: str
    people: int


def for_others(user: User) -> Any:
    """The training that `user` may record as done for others now."""
    rows: Any = TrainingRecord.objects.visible_to(user)
    return rows.recordable_by(user).sayable()


def waiting_of(rows: Any) -> list[Waiting]:
    """`rows` by item of a plan, by name. One query."""
    names = ("item", "activity__title", "plan__title", "plan__initiative__title")
    counted = rows.order_by().values_list(*names).annotate(people=Count("pk"))
    ordered = counted.order_by("plan__initiative__title", "plan__title", "activity__title", "item")
    return [Waiting(*each) for each in ordered[:MOST]]


def people_in(rows: Any) -> list[TrainingRecord]:
    """The first of `rows` with names, by date, then by name. One query."""
    known = rows.select_related("person__unit", "activity", "plan__initiative")
    ordered = known.order_by(F("due_on").asc(nulls_last=True), "person__display_name", "pk")
    return list(ordered[:MOST])


def recorded_words(done: Recorded, title: str) -> str:
    """What recording did: who had it done before, as after a second press, is no surprise."""
    counts = {reach: len(ids) for reach, ids in done.of.items()}
    count, before = counts.pop(Reach.RECORDED, 0), counts.pop(Reach.DONE, 0)
    said = ngettext(
        "“%(title)s” is recorded as done for %(count)s person.",
        "“%(title)s” is recorded as done for %(count)s people.",
        count,
    ) % {"title": title, "count": count}
    already = ngettext(
        "%(count)s person had it recorded as done before.",
        "%(count)s people had it recorded as done before.",
        before,
    ) % {"count": before}
    left_out = ngettext(
        "%(count)s person was left out, because something changed in the meantime.",
        "%(count)s people were left out, because something changed in the meantime.",
        sum(counts.values()),
    ) % {"count": sum(counts.values())}
    told = ((said, count or not before), (already, before), (left_out, sum(counts.values())))
    return " ".join(words for words, is_told in told if is_told)


def undone_words(count: int) -> str:
    """What taking back did."""
    return ngettext(
        "It is to do again for %(count)s person.", "It is to do again for %(count)s people.", count
    ) % {"count": count}


def nobody_words() -> str:
    """Said where there is nobody to record for."""
    return gettext(
        "Nobody whom you may record for has something open that they cannot mark as done "
        "themselves."
    )
