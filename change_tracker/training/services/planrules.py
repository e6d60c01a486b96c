"""Which groups get a plan: rules may change and be carried out again."""

from copy import copy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import create_row, delete_row, lock
from change_tracker.people.models import Audience
from change_tracker.training.errors import PlanArchivedError, RuleInUseError
from change_tracker.training.models import PlanAudience, TrainingPlan
from change_tracker.training.models.dues import check_due_rule
from change_tracker.training.services.planning import change_part, due_values

#: What sets dates.
DUE = ("due_rule", "due_on", "due_days", "due_unit")


def refusal_to_change_rules(plan: TrainingPlan) -> ChangeTrackerError | None:
    """Why the rules of `plan` stay as they are; None unless it is archived."""
    return PlanArchivedError() if plan.state == TrainingPlan.State.ARCHIVED else None


def refusal_to_delete_rule(rule: PlanAudience) -> ChangeTrackerError | None:
    """Why `rule` is not just deleted, see `remove_rule`; None where it was never carried out."""
    if rule.first_assigned_on is None:
        return None
    return RuleInUseError(
        _(
            "People were assigned by this rule. Take the group out on the page of the plan, or by "
            "`remove`: that shows first who would lose the plan."
        )
    )


def add_rule(*, actor: User | None, now: datetime, **values: Any) -> PlanAudience:
    """Plan for one more group, carried out by the next `assign_plan`. Raises PlanArchivedError,
    or ValidationError.
    """
    with transaction.atomic():
        if refusal := refusal_to_change_rules(lock(values["plan"])):
            raise refusal
        check_due_rule(*due_values(values))
        _check_group(values["plan"], values["audience"])
        return create_row(PlanAudience, actor=actor, now=now, **values)


def _check_group(plan: TrainingPlan, audience: Audience) -> None:
    """Raise ValidationError for a group that the plan has: somebody was quicker."""
    if plan.audiences.filter(audience=audience).exists():
        raise ValidationError({"audience": _("This group gets the plan already.")})


def change_rule(rule: PlanAudience, **context: Any) -> PlanAudience:
    """Compare-and-set. New dates reach the people who have the plan with the next run.

    The group of a rule that was carried out stays. Raises PlanArchivedError, RuleInUseError or
    ValidationError.
    """
    with transaction.atomic():
        if refusal := refusal_to_change_rules(lock(rule.plan)):
            raise refusal
        other = context.get("audience", rule.audience) != rule.audience
        if other and rule.first_assigned_on is not None:
            raise RuleInUseError
        if other:
            _check_group(rule.plan, context["audience"])
        return _keep_up(copy(rule), change_part(rule, **context))


def _keep_up(was: PlanAudience, rule: PlanAudience) -> PlanAudience:
    """What becomes of who leaves changes no date: the rule counts as carried out as before."""
    edited = any(getattr(was, name) != getattr(rule, name) for name in ("audience_id", *DUE))
    if edited or was.first_assigned_on is None or was.was_edited_since():
        return rule
    # Unless go-live has made another one of it meanwhile.
    same = PlanAudience.objects.filter(pk=rule.pk, version=rule.version)
    same.update(carried_out_version=F("version"))
    rule.refresh_from_db(fields=["carried_out_version"])
    return rule


def delete_rule(rule: PlanAudience, *, actor: User | None, now: datetime) -> None:
    """Delete a rule that was never carried out. Raises RuleInUseError for any other, and
    StaleRowError for one that is gone.
    """
    with transaction.atomic():
        lock(rule.plan)  # nobody carries it out meanwhile
        if refusal := refusal_to_delete_rule(lock(rule)):
            raise refusal
        delete_row(rule, actor=actor, now=now)
