"""Writing plans: what people were given stays, rules may change and be carried out again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.initiatives.models import Initiative
from change_tracker.training.errors import PlanArchivedError, PlanPublishedError, RuleInUseError
from change_tracker.training.models import LearningActivity, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.models.plans import check_due_rule

P = TypeVar("P", PlanItem, PlanAudience)

DUE_FIELDS = ("due_rule", "due_on", "due_days")


def create_plan(*, actor: User | None, now: datetime, **values: Any) -> TrainingPlan:
    """A draft. Raises ValidationError when it refers to another initiative."""
    _check_references(values["initiative"], values)
    return create_row(TrainingPlan, actor=actor, now=now, **values)


def change_plan(
    plan: TrainingPlan,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> TrainingPlan:
    """Compare-and-set. Raises ValidationError when it refers to another initiative."""
    _refuse_other(plan, "initiative", changes)
    _check_references(plan.initiative, changes)
    return change_row(plan, actor=actor, now=now, expected_version=expected_version, **changes)


def delete_plan(plan: TrainingPlan, *, actor: User | None, now: datetime) -> None:
    """Delete a draft with its items and rules. Raises PlanPublishedError for any other."""
    with transaction.atomic():
        _draft(plan)
        delete_row(plan, actor=actor, now=now)


def change_activity(
    activity: LearningActivity,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> LearningActivity:
    """Compare-and-set; an activity stays in its initiative."""
    _refuse_other(activity, "initiative", changes)
    return change_row(activity, actor=actor, now=now, expected_version=expected_version, **changes)


def add_item(*, actor: User | None, now: datetime, **values: Any) -> PlanItem:
    """One more activity in a draft. Raises PlanPublishedError, or ValidationError."""
    with transaction.atomic():
        plan = _draft(values["plan"])
        check_due_rule(*_due(values))
        _check_activity(plan, values["activity"])
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
        plan = _draft(plan)
        if activity is None:
            activity = create_row(
                LearningActivity, initiative=plan.initiative, actor=actor, now=now, **new_activity
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
        plan = _draft(item.plan)
        if "activity" in context:
            _check_activity(plan, context["activity"])
        return _change(item, **context)


def delete_item(item: PlanItem, *, actor: User | None, now: datetime) -> None:
    """Take an item out of a draft. Raises PlanPublishedError for any other plan."""
    with transaction.atomic():
        _draft(item.plan)
        delete_row(item, actor=actor, now=now)


def add_rule(*, actor: User | None, now: datetime, **values: Any) -> PlanAudience:
    """Plan for one more group, carried out by the next `assign_plan`. Raises PlanArchivedError,
    or ValidationError.
    """
    with transaction.atomic():
        _not_archived(values["plan"])
        check_due_rule(*_due(values))
        return create_row(PlanAudience, actor=actor, now=now, **values)


def change_rule(rule: PlanAudience, **context: Any) -> PlanAudience:
    """Compare-and-set. New dates reach the people who have the plan with the next run.

    The group of a rule that was carried out stays. Raises PlanArchivedError, RuleInUseError or
    ValidationError.
    """
    with transaction.atomic():
        _not_archived(rule.plan)
        other = context.get("audience", rule.audience) != rule.audience
        if other and rule.first_assigned_on is not None:
            raise RuleInUseError
        return _change(rule, **context)


def delete_rule(rule: PlanAudience, *, actor: User | None, now: datetime) -> None:
    """Delete a rule that was never carried out. Raises RuleInUseError for any other."""
    if rule.first_assigned_on is not None:
        raise RuleInUseError
    delete_row(rule, actor=actor, now=now)


def _change(
    row: P,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> P:
    _refuse_other(row, "plan", changes)
    stored = {name: getattr(row, name) for name in DUE_FIELDS}
    check_due_rule(*_due(stored | changes))
    return change_row(row, actor=actor, now=now, expected_version=expected_version, **changes)


def _due(values: dict[str, Any]) -> tuple[str, Any, Any]:
    return values.get("due_rule", ""), values.get("due_on"), values.get("due_days")


def _draft(plan: TrainingPlan) -> TrainingPlan:
    """The plan, locked, so that nobody publishes it meanwhile."""
    plan = TrainingPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != TrainingPlan.State.DRAFT:
        raise PlanPublishedError
    return plan


def _not_archived(plan: TrainingPlan) -> None:
    fresh = TrainingPlan.objects.select_for_update().get(pk=plan.pk)
    if fresh.state == TrainingPlan.State.ARCHIVED:
        raise PlanArchivedError


def _check_activity(plan: TrainingPlan, activity: LearningActivity) -> None:
    if activity.initiative_id not in {None, plan.initiative_id}:
        raise ValidationError({"activity": _("The activity belongs to another initiative.")})


def _check_references(initiative: Initiative, values: dict[str, Any]) -> None:
    sources: Collection[Any] = values.get("sources") or ()
    action = values.get("action")
    if any(source.initiative_id != initiative.pk for source in sources):
        raise ValidationError({"sources": _("One of them belongs to another initiative.")})
    if action is not None and action.initiative_id != initiative.pk:
        raise ValidationError({"action": _("The action belongs to another initiative.")})


def _refuse_other(row: models.Model, name: str, changes: dict[str, Any]) -> None:
    if name in changes and changes[name] != getattr(row, name):
        raise ValidationError({name: _("This cannot be changed any more; make a new one.")})
