"""Writing plans: what people were given stays, rules may change and be carried out again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.core.services import change_row, create_row, delete_row, lock, lock_all
from change_tracker.initiatives.models import Initiative
from change_tracker.training.errors import (
    PlanArchivedError,
    PlanClosedError,
    PlanGivenError,
    PlanOrderError,
    PlanPublishedError,
)
from change_tracker.training.models import LearningActivity, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.models.activities import check_completion_rule
from change_tracker.training.models.dues import check_due_rule
from change_tracker.training.states import PLAN

P = TypeVar("P", PlanItem, PlanAudience)

DUE_FIELDS = ("due_rule", "due_on", "due_days")


def refusal_to_change_items(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why the items of `plan` stay as they are; None for a draft."""
    if plan.state == TrainingPlan.State.DRAFT:
        return None
    archived = plan.state == TrainingPlan.State.ARCHIVED
    return PlanArchivedError() if archived else PlanPublishedError()


def refusal_to_reorder(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why the activities of `plan` go on opening as they do; None for a draft."""
    return None if plan.state == TrainingPlan.State.DRAFT else PlanOrderError()


def refusal_to_revise(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why the items of `plan` stay as they are for everyone; None for a draft, and for a published
    plan of an initiative that has not ended.
    """
    if plan.state == TrainingPlan.State.ARCHIVED:
        return PlanArchivedError()
    return (
        PlanClosedError()
        if plan.initiative.has_ended and plan.state != TrainingPlan.State.DRAFT
        else None
    )


def refusal_to_delete(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why `plan` is kept; None for a draft."""
    return None if plan.state == TrainingPlan.State.DRAFT else PlanGivenError()


def create_plan(*, actor: User | None, now: datetime, **values: Any) -> TrainingPlan:
    """A draft. Raises ValidationError when it refers to another initiative, and StaleRowError when
    something that it refers to is gone.
    """
    with transaction.atomic():
        lock(values["initiative"])  # first, as whoever plans an action
        _hold_references(values["initiative"], values)
        return create_row(TrainingPlan, actor=actor, now=now, **values)


def change_plan(
    plan: TrainingPlan,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> TrainingPlan:
    """Compare-and-set. Raises what `create_plan` raises, and PlanOrderError when activities that
    people have should begin or cease to wait.
    """
    _refuse_other(plan, "initiative", changes)
    other_order = changes.get("is_sequential", plan.is_sequential) != plan.is_sequential
    if other_order and (refusal := refusal_to_reorder(plan)):
        raise refusal
    with transaction.atomic():
        _hold_references(plan.initiative, changes)
        return change_row(plan, actor=actor, now=now, expected_version=expected_version, **changes)


def move_plan(plan: TrainingPlan, **move: Any) -> TrainingPlan:
    """Publish or archive it, with the items that it has by now. Raises what `move` raises."""
    with transaction.atomic():
        lock(plan)
        return PLAN.move(plan, **move)


def delete_plan(plan: TrainingPlan, *, actor: User | None, now: datetime) -> None:
    """Delete a draft with its items and rules. Raises PlanGivenError for any other."""
    with transaction.atomic():
        if refusal := refusal_to_delete(lock(plan)):
            raise refusal
        delete_row(plan, actor=actor, now=now)


def create_activity(*, actor: User | None, now: datetime, **values: Any) -> LearningActivity:
    """Something to learn from. Raises ValidationError as `change_activity` does."""
    rule = values.get("completion_rule", LearningActivity.CompletionRule.ATTEST)
    check_completion_rule(rule, values.get("pass_score"))
    return create_row(LearningActivity, actor=actor, now=now, **values)


def change_activity(
    activity: LearningActivity,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> LearningActivity:
    """Compare-and-set; an activity stays in its initiative, and its version where it is: see
    `raise_version`.

    Raises ValidationError where the rule and the score that is needed do not go together.
    """
    _refuse_other(activity, "initiative", changes)
    if changes.get("activity_version", activity.activity_version) != activity.activity_version:
        raise ValidationError(
            {
                "activity_version": _(
                    "Make a new version, and say what it means for those who did an older one."
                )
            }
        )
    rule = changes.get("completion_rule", activity.completion_rule)
    check_completion_rule(rule, changes.get("pass_score", activity.pass_score))
    return change_row(activity, actor=actor, now=now, expected_version=expected_version, **changes)


def add_item(*, actor: User | None, now: datetime, **values: Any) -> PlanItem:
    """One more activity in a draft. Raises PlanPublishedError, or ValidationError."""
    with transaction.atomic():
        plan = require_draft(values["plan"])
        check_due_rule(*due_values(values))
        _check_new(plan, values["activity"])
        return create_row(PlanItem, actor=actor, now=now, **values)


def append_item(
    *,
    plan: TrainingPlan,
    activity: LearningActivity | None,
    new_activity: dict[str, Any],
    is_required: bool,
    actor: User | None,
    now: datetime,
) -> PlanItem:
    """Put `activity`, or a new one of the plan's initiative, at the end of a draft.

    Raises PlanPublishedError, or ValidationError; then there is no new activity either.
    """
    with transaction.atomic():
        plan = require_draft(plan)
        if activity is None:
            activity = create_activity(
                initiative=plan.initiative, actor=actor, now=now, **new_activity
            )
        last = plan.items.aggregate(last=models.Max("position"))["last"] or 0
        return add_item(
            plan=plan,
            activity=activity,
            position=last + 1,
            is_required=is_required,
            actor=actor,
            now=now,
        )


def change_item(item: PlanItem, **context: Any) -> PlanItem:
    """Compare-and-set in a draft. Raises PlanPublishedError, or ValidationError."""
    with transaction.atomic():
        plan = require_draft(item.plan)
        if context.get("activity", item.activity) != item.activity:
            _check_new(plan, context["activity"])
        return change_part(item, **context)


def shift_item(item: PlanItem, *, by: int, actor: User | None, now: datetime) -> None:
    """Move an item of a draft `by` places towards the end (or, below 0, the beginning).

    At either end it stays. Raises PlanPublishedError for any other plan, and StaleRowError where it
    is gone. The order is one line in the history of the plan.
    """
    with transaction.atomic():
        plan = require_draft(item.plan)
        items = list(plan.items.all())
        if item not in items:
            raise StaleRowError
        place = items.index(item)
        items.insert(max(place + by, 0), items.pop(place))
        moved = [each for at, each in enumerate(items, 1) if each.position != at]
        if not moved:
            return
        for at, each in enumerate(items, 1):
            each.position, each.version = at, each.version + (each in moved)
        PlanItem.objects.bulk_update(moved, ["position", "version"])
        order = {"items": [each.pk for each in items]}
        audit.record(
            obj=plan, verb="reordered", actor=actor, now=now, scope=plan.audit_scope, changes=order
        )


def delete_item(item: PlanItem, *, actor: User | None, now: datetime) -> None:
    """Take an item out of a draft. Raises PlanPublishedError for any other plan."""
    with transaction.atomic():
        require_draft(item.plan)
        delete_row(item, actor=actor, now=now)


def change_part(
    row: P,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> P:
    """Compare-and-set of an item or a rule. Raises ValidationError."""
    _refuse_other(row, "plan", changes)
    stored = {name: getattr(row, name) for name in DUE_FIELDS}
    check_due_rule(*due_values(stored | changes))
    return change_row(row, actor=actor, now=now, expected_version=expected_version, **changes)


def due_values(values: dict[str, Any]) -> tuple[str, Any, Any]:
    """What `check_due_rule` takes."""
    return values.get("due_rule", ""), values.get("due_on"), values.get("due_days")


def require_draft(plan: TrainingPlan) -> TrainingPlan:
    """The plan, locked, so that nobody publishes it meanwhile."""
    plan = lock(plan)
    if refusal := refusal_to_change_items(plan):
        raise refusal
    return plan


def hold_plans(plans: models.QuerySet[TrainingPlan]) -> None:
    """Let nobody give `plans` to people until the commit; whoever does so now is waited for.

    What a run gives is seen by nobody before it is done, and a run reads whom it reaches at first.
    """
    list(plans.order_by("pk").select_for_update().values_list("pk"))


def check_activity(plan: TrainingPlan, activity: LearningActivity) -> None:
    """Raise ValidationError for an activity of another initiative."""
    if activity.initiative_id not in {None, plan.initiative_id}:
        raise ValidationError({"activity": _("The activity belongs to another initiative.")})


def _check_new(plan: TrainingPlan, activity: LearningActivity) -> None:
    """The same, and for one that the plan has: somebody was quicker."""
    check_activity(plan, activity)
    if plan.items.filter(activity=activity).exists():
        raise ValidationError({"activity": _("An activity stands in a plan only once.")})


def _hold_references(initiative: Initiative, values: dict[str, Any]) -> None:
    """Whoever deletes one of them waits until the plan is there, and then is told of it."""
    sources: Collection[Any] = values.get("sources") or ()
    action = values.get("action")
    if any(source.initiative_id != initiative.pk for source in sources):
        raise ValidationError({"sources": _("One of them belongs to another initiative.")})
    if action is not None and action.initiative_id != initiative.pk:
        raise ValidationError({"action": _("The action belongs to another initiative.")})
    lock_all(sources)
    if action is not None:
        lock(action)


def _refuse_other(row: models.Model, name: str, changes: dict[str, Any]) -> None:
    if name in changes and changes[name] != getattr(row, name):
        raise ValidationError({name: _("This cannot be changed any more; make a new one.")})
