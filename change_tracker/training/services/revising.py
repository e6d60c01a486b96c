"""Changing a published plan: a new revision, carried out for everyone who has it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.services import change_row, create_row, lock
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.models import Enrolment, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.services.assigning import refuse_closed
from change_tracker.training.services.carrying import Work, carry_out, having, locked
from change_tracker.training.services.planning import check_activity, create_activity
from change_tracker.training.services.reading import start
from change_tracker.training.services.revisions import (
    Difference,
    Revision,
    Wanted,
    compare,
    digest_of,
)


def preview_revision(
    *,
    plan: TrainingPlan,
    items: Sequence[Wanted],
    today: date,
    now: datetime,
    tell: Tell | None = None,
) -> Revision:
    """What `revise_plan` would do now: the same, taken back. Raises what that raises."""
    with transaction.atomic():
        by: dict[str, Any] = {"actor": None, "today": today, "now": now}
        revision = revise_plan(plan=plan, items=items, tell=tell, **by)
        transaction.set_rollback(True)
    return revision


def revise_plan(
    *,
    plan: TrainingPlan,
    items: Sequence[Wanted],
    actor: User | None,
    today: date,
    now: datetime,
    reopen: bool = False,
    expected: str | None = None,
    tell: Tell | None = None,
) -> Revision:
    """Let the items of a published plan be `items`, in this order, for everyone who has it.

    People with work ahead get what is new; what is taken out is no longer needed where it is not
    done, and stays where it is. Who had finished gets new required items only with `reopen`. With
    nothing to change nothing is written. `expected` is the digest that the caller was shown:
    raises PeopleChangedError when it is another one now; PlanClosedError unless the plan is
    published and its initiative runs; LastItemError; ValidationError. Set-based. `tell` hears how
    many people it has reached, for one query more.
    """
    with transaction.atomic():
        plan = lock(plan)
        refuse_closed(plan)
        difference = _difference(plan, items)
        if difference.is_nothing():
            return Revision(revision=plan.revision)
        version = plan.version
        added = _write_items(plan, items, difference, actor=actor, today=today, now=now)
        work = Work(difference, added, reopen, start(plan, today, _carried_out(plan)))
        for enrolments in _watched(plan, work.run.batch_size(), tell):
            carry_out(work, enrolments, actor=actor, now=now)
        revision = work.revision()
        revision = replace(revision, digest=digest_of(revision, version, items))
        if expected is not None and revision.digest != expected:
            raise PeopleChangedError
        changes = {"revision": plan.revision, **work.counts_by_name(), **work.items_by_name()}
        scope = plan.audit_scope
        audit.record(obj=plan, verb="revised", actor=actor, now=now, scope=scope, changes=changes)
    return revision


def _watched(plan: TrainingPlan, size: int, tell: Tell | None) -> Iterator[list[Enrolment]]:
    """Those who have the plan, a few at a time, saying how many came before them."""
    done, reach = 0, having(plan).count() if tell else 0
    for enrolments in locked(plan, size):
        if tell:
            tell(done, reach)
        yield enrolments
        done += len(enrolments)
    if tell:
        tell(reach, reach)


def changes_nothing(plan: TrainingPlan, items: Sequence[Wanted]) -> bool:
    """Whether the items are as wanted already. Raises what `revise_plan` refuses at once."""
    refuse_closed(plan)
    return _difference(plan, items).is_nothing()


def _difference(plan: TrainingPlan, items: Sequence[Wanted]) -> Difference:
    for each in items:
        if each.activity:
            check_activity(plan, each.activity)
    return compare(list(plan.items.in_force().select_related("activity")), items)


def _write_items(
    plan: TrainingPlan, items: Sequence[Wanted], difference: Difference, *, today: date, **by: Any
) -> list[PlanItem]:
    """Write the items and the number of the revision; returns those that were added."""
    for gone in difference.removed:
        change_row(gone, removed_on=today, **by)
    for item, to in difference.changed:
        change_row(item, **to.columns, **by)
    added = [_add(plan, each, **by) for each in difference.added]
    _order(plan, items, difference.added, added)
    TrainingPlan.objects.filter(pk=plan.pk).update(
        revision=F("revision") + 1, version=F("version") + 1, revised_on=today
    )
    plan.refresh_from_db(fields=["revision", "version", "revised_on"])
    return added


def _add(plan: TrainingPlan, wanted: Wanted, **by: Any) -> PlanItem:
    """A new item, or one that was taken out before and comes back."""
    activity = wanted.activity or create_activity(
        initiative=plan.initiative, **wanted.new_activity, **by
    )
    back = plan.items.filter(activity=activity).select_related("activity").first()
    if back is not None:
        return change_row(back, removed_on=None, **wanted.columns, **by)
    return create_row(PlanItem, plan=plan, activity=activity, **wanted.columns, **by)


def _order(
    plan: TrainingPlan,
    items: Sequence[Wanted],
    new: Sequence[Wanted],
    added: Sequence[PlanItem],
) -> None:
    """Count the places of the items from 1."""
    known = {item.activity_id: item for item in plan.items.in_force()}
    of_new = {id(wanted): item for wanted, item in zip(new, added, strict=True)}
    moved = []
    for place, wanted in enumerate(items, 1):
        fresh = of_new.get(id(wanted))
        key = fresh.activity_id if fresh else wanted.activity and wanted.activity.pk
        item = known[key or 0]
        if item.position != place:
            item.position, item.version = place, item.version + 1
            moved.append(item)
    PlanItem.objects.bulk_update(moved, ["position", "version"])


def _carried_out(plan: TrainingPlan) -> list[PlanAudience]:
    return list(plan.audiences.filter(first_assigned_on__isnull=False))
