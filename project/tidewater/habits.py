"""How people deal with what they were given: in time, late, not at all, or not any more.

Every record has dice of its own, so that one who is added changes nobody else's story.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from change_tracker.training.models import Enrolment, PlanAudience, TrainingRecord
from change_tracker.training.services import (
    Reach,
    complete_record,
    record_for_others,
    waive_record,
    withdraw_enrolment,
)
from change_tracker.training.states import RECORD
from project.tidewater.days import Calendar, working_day
from project.tidewater.diary import Diary
from project.tidewater.people import by

#: Who did what, whatever the dice say: key in the roster and plan → by item.
PLOT: dict[tuple[str, str], Sequence[str]] = {
    ("T011", "Ready for One Front Door"): ("on_time", "begun", "open", "open"),
    ("T010", "Ready for One Front Door"): ("on_time", "late", "open", "open"),
    ("T010", "Leading through the change"): ("on_time", "open"),
    ("T031", "Ready for One Front Door"): ("on_time", "on_time", "open", "open"),
    ("T031", "Letters people understand"): ("on_time", "on_time", "on_time"),
}
EXEMPT = (
    "Wrote the guide for this, so knows it.",
    "On parental leave until spring.",
    "Has done the same course at the council.",
)
WITHDRAWN = "Works on another project until summer."
#: Share of people who are taken out of a plan on the way.
LEAVING = 0.02


@dataclass(frozen=True, slots=True)
class Habit:
    """Shares of a group's records; the rest stays open."""

    on_time: float
    late: float
    begun: float = 0.05
    exempt: float = 0.02

    def fate(self, chance: float) -> str:
        """Where `chance`, from 0 to 1, falls."""
        for name in ("on_time", "late", "begun", "exempt"):
            chance -= getattr(self, name)
            if chance < 0:
                return name
        return "open"


class Fate(NamedTuple):
    """What happens to a record, and when."""

    day: date
    name: str


def learn(
    rule: PlanAudience, habit: Habit, diary: Diary, calendar: Calendar, *, since: date
) -> None:
    """Enter into `diary` what those who have their plan through `rule` will do."""
    rows = TrainingRecord.objects.outstanding().filter(enrolment__reasons__plan_audience=rule)
    deeds: dict[Fate, list[int]] = defaultdict(list)
    for record in rows.select_related("person", "item", "plan").order_by("pk"):
        deeds[_fate(record, habit, since)].append(record.pk)
    for fate, pks in sorted(deeds.items()):
        if fate.name != "open":
            diary.enter(fate.day, partial(DEEDS[fate.name], pks))
    _withdraw_some(rule, diary, since)


def _fate(record: TrainingRecord, habit: Habit, since: date) -> Fate:
    person, item = record.person.external_id, record.item.position
    dice = Random(f"{record.plan.title}/{person}/{item}")  # noqa: S311  a story, not a secret
    plot = PLOT.get((person, record.plan.title))
    name = plot[item - 1] if plot else habit.fate(dice.random())
    due_on = record.due_on or since
    if name == "late":
        return Fate(working_day(due_on + timedelta(days=dice.randint(3, 16))), name)
    # Most do it in the first half of the time that they have, and nobody on the first day.
    span = max((due_on - since).days, 1)
    days = max(round(span * dice.betavariate(2, 3)), 1)
    return Fate(max(working_day(since + timedelta(days=days)), since), name)


def _withdraw_some(rule: PlanAudience, diary: Diary, since: date) -> None:
    enrolments = Enrolment.objects.active().filter(reasons__plan_audience=rule, person__user=None)
    for enrolment in enrolments.select_related("person", "plan").order_by("pk"):
        who = f"{enrolment.plan.title}/{enrolment.person.external_id}"
        if Random(who).random() < LEAVING:  # noqa: S311  a story, not a secret
            diary.enter(since + timedelta(days=6), partial(_withdraw, enrolment))


def _complete(pks: Sequence[int], now: datetime) -> None:
    """People mark it as done themselves; for those without a login Ana records it."""
    rows = TrainingRecord.objects.outstanding().filter(pk__in=pks)
    today = timezone.localdate(now)
    for record in rows.select_related("person__user").order_by("pk"):
        if (user := record.person.user) is not None:
            complete_record(record=record, today=today, actor=user, now=now)
    _record(rows.filter(person__user=None), today, now)


def _record(rows: QuerySet[TrainingRecord], today: date, now: datetime) -> None:
    """What waits for another of the same day is recorded after it."""
    done = record_for_others(rows, today=today, **by("ana", now))
    if done.recorded and Reach.LOCKED in done.of:
        _record(rows, today, now)


def _begin(pks: Sequence[int], now: datetime) -> None:
    fresh = TrainingRecord.objects.filter(pk__in=pks, state=TrainingRecord.State.NOT_STARTED)
    RECORD.move_many(fresh, to="in_progress", **by("ana", now))


def _exempt(pks: Sequence[int], now: datetime) -> None:
    rows = TrainingRecord.objects.outstanding().filter(pk__in=pks, person__user=None)
    for record in rows.order_by("pk"):
        reason = EXEMPT[record.pk % len(EXEMPT)]
        today = timezone.localdate(now)
        waive_record(record=record, reason=reason, today=today, **by("priya", now))


def _withdraw(enrolment: Enrolment, now: datetime) -> None:
    today = timezone.localdate(now)
    withdraw_enrolment(enrolment=enrolment, reason=WITHDRAWN, today=today, **by("priya", now))


DEEDS = {"on_time": _complete, "late": _complete, "begun": _begin, "exempt": _exempt}
