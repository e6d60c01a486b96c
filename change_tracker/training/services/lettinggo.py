"""Leaving a group of a plan: its reason ends, and what remains says what is asked, and by when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from change_tracker.core.access import User
from change_tracker.training.models import (
    Enrolment,
    EnrolmentReason,
    OnLeave,
    TrainingRecord,
)
from change_tracker.training.services.leaving import chunks, leave_plans
from change_tracker.training.services.remaining import redate_staying


@dataclass(slots=True)
class LetGo:
    """Enrolments that were withdrawn, the completed records that they keep, and records whose date
    is a later one now that the group says nothing any more; and unfinished enrolments of plans
    that whoever leaves the group keeps.
    """

    withdrawn: int = 0
    kept: int = 0
    redated: int = 0
    staying: int = 0


def leave_group(
    audience: int, people: Sequence[int], *, actor: User | None, today: date, now: datetime
) -> LetGo:
    """End what `people` (ids) have through a group that they left, in the caller's transaction.

    Who has a plan through no other group is withdrawn from it, unless its rule says that whoever
    leaves keeps it. Who has, goes on: open work that was due by the rule of the group they left is
    due by what remains. Set-based.
    """
    done = LetGo()
    for ids in chunks(people):
        kept = _reasons(audience, ids).filter(plan_audience__on_leave=OnLeave.KEEP)
        done.staying += Enrolment.objects.active().filter(pk__in=kept.values("enrolment")).count()
        enrolments, by_plan = _end_reasons(audience, ids, today)
        still = EnrolmentReason.objects.holding().filter(enrolment__in=enrolments)
        ending = Enrolment.objects.running().filter(pk__in=enrolments)
        ending = ending.exclude(pk__in=still.values("enrolment"))
        completed = TrainingRecord.objects.filter(enrolment__in=ending.active(), state="completed")
        done.kept += completed.count()
        done.withdrawn += leave_plans(
            ending, reason=_("Left the group."), actor=actor, today=today, now=now
        )
        for plan, leavers in by_plan.items():
            done.redated += redate_staying(plan, leavers, today=today)
    return done


def _reasons(audience: int, people: list[int]) -> QuerySet[EnrolmentReason]:
    """What `people` have through the group."""
    rows = EnrolmentReason.objects.holding()
    return rows.filter(plan_audience__audience=audience, enrolment__person__in=people)


def _end_reasons(
    audience: int, people: list[int], today: date
) -> tuple[list[int], dict[int, list[int]]]:
    """The enrolments that lose a reason, and the people of each plan."""
    lost = _reasons(audience, people).exclude(plan_audience__on_leave=OnLeave.KEEP)
    keys, enrolments, by_plan = [], [], defaultdict[int, list[int]](list)
    rows = lost.values_list("pk", "enrolment", "enrolment__plan", "enrolment__person")
    for key, enrolment, plan, person in rows:
        keys.append(key)
        enrolments.append(enrolment)
        by_plan[plan].append(person)
    EnrolmentReason.objects.filter(pk__in=keys).update(ended_on=today)
    return enrolments, dict(by_plan)
