"""Leaving a group of a plan: its reason ends, and what remains says what is asked, and by when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from change_tracker.core.access import User
from change_tracker.people.models import AudienceMember
from change_tracker.training.models import (
    DueRule,
    Enrolment,
    EnrolmentReason,
    OnLeave,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.rules import Due, Way
from change_tracker.training.services.leaving import chunks, leave_plans
from change_tracker.training.services.reading import Batch, Run, batch_of, start, way_of
from change_tracker.training.services.redating import DUE_COLUMNS, set_due
from change_tracker.training.services.turns import take_turns

Dates = tuple[Due, ...]


@dataclass(slots=True)
class LetGo:
    """Enrolments that were withdrawn, the completed records that they keep, and records whose date
    came from the group that people left, and is another one now; and unfinished enrolments of plans
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
            done.redated += _redate(plan, audience, leavers, today)
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


def _redate(plan_id: int, audience: int, people: list[int], today: date) -> int:
    """New dates for open work that was due by the rule of the group; returns for how many."""
    active = Enrolment.objects.active().filter(plan=plan_id, person__in=people)
    staying = list(active.order_by("person").values_list("person", flat=True))
    if not staying:
        return 0
    run = start(TrainingPlan.objects.select_related("initiative").get(pk=plan_id), today, None)
    batch = batch_of(run, staying, lock=True)
    left = next((pk for pk, rule in run.known.items() if rule.audience_id == audience), None)
    if left is None:
        return 0
    joined = _days_of_joining(audience, staying, today)
    changed = []
    for record in _records_by_rule(batch):
        person = record.person_id
        ways = _remaining(run, batch, person)
        if ways is None:
            continue
        before = run.dates_of((*ways, _way(run, batch, person, left, joined.get(person, today))))
        after = run.dates_of(ways)
        place = run.places()[record.item_id]
        if before[place].on == record.due_on != after[place].on:
            set_due(record, after[place])
            changed.append(record)
    TrainingRecord.objects.bulk_update(changed, DUE_COLUMNS, batch_size=500)
    take_turns({each.enrolment_id for each in changed}, today=today)
    return len(changed)


def _records_by_rule(batch: Batch) -> list[TrainingRecord]:
    """Open work whose date a rule gave: nobody was given more time for it."""
    enrolments = [found.pk for found in batch.found.values()]
    records = TrainingRecord.objects.filter(
        enrolment__in=enrolments, state__in=OPEN_STATES, is_extended=False, item__removed_on=None
    ).exclude(attempt__gt=1, due_rule=DueRule.NONE, due_on__isnull=False)
    return list(records.exclude(due_on=None).order_by("pk"))


def _days_of_joining(audience: int, people: list[int], today: date) -> dict[int, date]:
    """Since when each of `people` was in the group that they left today."""
    rows = AudienceMember.objects.filter(audience=audience, person__in=people, left_on=today)
    return dict(rows.order_by("joined_on").values_list("person", "joined_on"))


def _remaining(run: Run, batch: Batch, person: int) -> tuple[Way, ...] | None:
    """How somebody has the plan now; None where no group says so that was not edited since.

    An edited rule waits to be carried out; who is in no group any more is about to be withdrawn.
    """
    joined = batch.joined[person]
    rules = sorted(batch.found[person].reasons & joined.keys())
    if not rules or any(run.known[pk].was_edited_since() for pk in rules):
        return None
    return tuple(_way(run, batch, person, pk, joined[pk]) for pk in rules)


def _way(run: Run, batch: Batch, person: int, rule: int, joined_on: date) -> Way:
    """How somebody came in through one rule, on the day that it first reached them."""
    since = (
        batch.found[person].assigned_on,
        run.known[rule].first_assigned_on,
        joined_on,
    )
    batch.joined[person].setdefault(rule, joined_on)
    return way_of(run, batch, person, rule, max(filter(None, since)))
