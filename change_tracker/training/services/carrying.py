"""Carrying a revision out for those who have the plan."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.training.models import Enrolment, PlanItem, TrainingPlan, TrainingRecord
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.services.following import complete_finished, reopen_unfinished
from change_tracker.training.services.giving import give_items
from change_tracker.training.services.reading import Batch, Run, batch_of, dates_in_force
from change_tracker.training.services.redating import NewDate, dates_of, is_another, movable, write
from change_tracker.training.services.revisions import Changed, Difference, Revision
from change_tracker.training.services.turns import take_turns
from change_tracker.training.states import RECORD

State = Enrolment.State
#: States of a record that need no further one.
SETTLED = (TrainingRecord.State.COMPLETED, TrainingRecord.State.WAIVED)


@dataclass(slots=True)
class Work:
    """One revision under way, with what it did so far by kind and item."""

    difference: Difference
    #: the items as they are now that were added
    added: list[PlanItem]
    reopen: bool
    run: Run
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    first_due: dict[int, date] = field(default_factory=dict)

    def count(self, kind: str, item: int = 0, people: int = 1) -> None:
        """Note what happened to so many."""
        self.counts[kind, item] += people

    def counts_by_name(self) -> dict[str, int]:
        """Sums for the line of history."""
        sums: Counter[str] = Counter()
        for (kind, _item), people in self.counts.items():
            sums[kind] += people
        return dict(sums)

    def items_by_name(self) -> dict[str, Any]:
        """Which items changed how, for the same line."""
        gone = self.difference
        parts = {
            "items_added": self.added,
            "items_removed": gone.removed,
            "items_required": gone.now_required,
            "items_optional": gone.now_optional,
            "items_redated": gone.redated,
        }
        found: dict[str, Any] = {
            name: [item.pk for item in items] for name, items in parts.items() if items
        }
        return found | ({"is_reordered": True} if gone.is_reordered else {})

    def revision(self) -> Revision:
        """What it did."""
        parts = {
            "removed": self.difference.removed,
            "now_required": self.difference.now_required,
            "now_optional": self.difference.now_optional,
            "redated": self.difference.redated,
        }
        named: dict[str, Any] = {
            kind: tuple(self._changed(kind, item) for item in items)
            for kind, items in parts.items()
        }
        whole = ("people", "finishing", "finished", "reopened")
        named |= {kind: self.counts[kind, 0] for kind in whole}
        return Revision(
            revision=self.run.plan.revision,
            added=tuple(self._changed("added", item) for item in self.added),
            is_reordered=self.difference.is_reordered,
            **named,
        )

    def _changed(self, kind: str, item: PlanItem) -> Changed:
        return Changed(
            title=item.activity.title,
            people=self.counts[kind, item.pk],
            is_required=item.is_required,
            first_due_on=self.first_due.get(item.pk),
            kept=self.counts["kept", item.pk],
        )


def having(plan: TrainingPlan) -> QuerySet[Enrolment]:
    """Those who have the plan, finished or not: all whom a revision looks at."""
    return Enrolment.objects.filter(plan=plan).exclude(state=State.WITHDRAWN)


def locked(plan: TrainingPlan, size: int) -> Iterator[list[Enrolment]]:
    """The same, a few at a time, locked until the commit."""
    rows = having(plan).order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last).select_for_update()[:size]):
        yield found
        last = found[-1].pk


def carry_out(
    work: Work, enrolments: Sequence[Enrolment], *, actor: User | None, now: datetime
) -> None:
    """Let the revision reach some of those who have the plan."""
    by: dict[str, Any] = {"actor": actor, "now": now}
    batch = batch_of(work.run, [each.person_id for each in enrolments], lock=False)
    in_force = [each for each in enrolments if batch.found[each.person_id].in_force]
    active = [each for each in in_force if each.state == State.ACTIVE]
    finished = [each for each in in_force if each.state == State.COMPLETED]
    ids = [each.pk for each in enrolments]
    left = sorted(set(ids) - {each.pk for each in in_force})
    work.count("people", people=len(active))
    _take_out(work, ids, **by)
    _count_optional(work, active)
    reached = _reach_finished(work, finished)
    work.count("finished", people=len(reached))
    _give(work, batch, active)
    if work.reopen:
        _give(work, batch, [each for each in finished if each.pk in reached], required_only=True)
    _leave_optional(work, left if work.reopen else [*left, *reached], **by)
    _redate(work, batch, in_force)
    take_turns(ids, today=work.run.today)
    complete_finished(ids, **by)
    done = Enrolment.objects.filter(pk__in=[each.pk for each in active], state=State.COMPLETED)
    work.count("finishing", people=done.count())
    if work.reopen:
        moved = reopen_unfinished(reached, reason=gettext("The plan was changed."), **by)
        work.count("reopened", people=len(moved))


def _take_out(work: Work, ids: Collection[int], **by: Any) -> None:
    """What is not done of the removed items is no longer needed; what is done stays."""
    removed = [item.pk for item in work.difference.removed]
    if not removed:
        return
    records = TrainingRecord.objects.filter(enrolment__in=ids, item__in=removed)
    _count(work, "removed", records.outstanding())
    _count(work, "kept", records.filter(state="completed").last_attempts())
    reason = gettext("It is no longer part of the plan.")
    RECORD.move_many(records.outstanding(), to="void", reason=reason, left_on=work.run.today, **by)


def _count_optional(work: Work, active: Sequence[Enrolment]) -> None:
    """Who has open what is required now, or optional."""
    for kind in ("now_required", "now_optional"):
        items = [item.pk for item in getattr(work.difference, kind)]
        _count(
            work,
            kind,
            TrainingRecord.objects.outstanding().filter(
                enrolment__in=[each.pk for each in active], item__in=items
            ),
        )


def _count(work: Work, kind: str, records: Any) -> None:
    counted = records.order_by().values_list("item").annotate(people=Count("enrolment"))
    for item, people in counted:
        work.count(kind, item, people)


def _reach_finished(work: Work, finished: Sequence[Enrolment]) -> set[int]:
    """Of those who had finished, who lacks something that is required from now on."""
    new = {item.pk for item in work.added if item.is_required}
    now_required = {item.pk for item in work.difference.now_required}
    ids = [each.pk for each in finished]
    rows = TrainingRecord.objects.filter(enrolment__in=ids, item__in=new | now_required)
    has: set[tuple[int, int]] = set()
    reached: set[int] = set()
    for enrolment, item, state in rows.values_list("enrolment", "item", "state"):
        if item in new and state in SETTLED:
            has.add((enrolment, item))
        elif state in OPEN_STATES:
            reached.add(enrolment)
    return reached | {pk for pk in ids if any((pk, item) not in has for item in new)}


def _give(
    work: Work, batch: Batch, enrolments: Sequence[Enrolment], *, required_only: bool = False
) -> None:
    """Ask for what was added."""
    items = {item.pk for item in work.added if item.is_required or not required_only}
    for record in give_items(work.run, enrolments, items, partial(dates_in_force, work.run, batch)):
        if not required_only:
            work.count("added", record.item_id)
        if record.due_on is not None and not required_only:
            first = work.first_due.get(record.item_id, record.due_on)
            work.first_due[record.item_id] = min(first, record.due_on)


def _leave_optional(work: Work, reached: Collection[int], **by: Any) -> None:
    """Who had finished, or has left since, is not asked for what was optional then."""
    items = [item.pk for item in work.difference.now_required]
    records = TrainingRecord.objects.outstanding().filter(enrolment__in=reached, item__in=items)
    RECORD.move_many(
        records,
        to="void",
        reason=gettext("The plan was changed after it was finished."),
        left_on=work.run.today,
        **by,
    )


def _redate(work: Work, batch: Batch, enrolments: Sequence[Enrolment]) -> None:
    """New dates by the new rules of items, where a rule may set them."""
    items = [item.pk for item in work.difference.redated]
    if not items:
        return
    places, people = work.run.places(), {each.pk: each.person_id for each in enrolments}
    redated = []
    for row in dates_of(movable(people).filter(item__in=items)):
        due = dates_in_force(work.run, batch, people[row.enrolment])[places[row.item]]
        if is_another(due, row):
            redated.append(NewDate(row.pk, row.enrolment, due))
            work.count("redated", row.item)
    write(redated)
