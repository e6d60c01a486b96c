"""Filling the draft of a plan in one go: its activities, and for which groups it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from change_tracker.core.access import User
from change_tracker.core.services import create_rows
from change_tracker.people.models import Audience
from change_tracker.training.models import LearningActivity, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.models.activities import check_completion_rule
from change_tracker.training.models.dues import check_due_rule
from change_tracker.training.services.planning import check_activity, require_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """One more activity of a plan: one that there is, or what a `new` one says; and by when."""

    activity: LearningActivity | None = None
    new: Mapping[str, Any] = field(default_factory=dict)
    is_required: bool = True
    due: Mapping[str, Any] = field(default_factory=dict)


def append_items(
    plan: TrainingPlan, drafts: Sequence[ItemDraft], *, actor: User | None, now: datetime
) -> list[PlanItem]:
    """Put activities at the end of a draft, in their order, with as many statements as for a few.

    New ones belong to the initiative of the plan. Raises PlanPublishedError, or ValidationError;
    then nothing is written.
    """
    by: dict[str, Any] = {"actor": actor, "now": now}
    new = [dict(draft.new) for draft in drafts if draft.activity is None]
    for values in new:
        rule = values.get("completion_rule", LearningActivity.CompletionRule.ATTEST)
        check_completion_rule(rule, values.get("pass_score"))
    with transaction.atomic():
        plan = require_draft(plan)
        rows = [{**values, "initiative": plan.initiative} for values in new]
        made = iter(create_rows(LearningActivity, rows, **by) if rows else ())
        last = plan.items.aggregate(last=models.Max("position"))["last"] or 0
        items = []
        for position, draft in enumerate(drafts, last + 1):
            due = dict(draft.due)
            check_due_rule(due.get("due_rule", ""), due.get("due_on"), due.get("due_days"))
            activity = draft.activity or next(made)
            check_activity(plan, activity)
            said = {"is_required": draft.is_required, "position": position, **due}
            items.append({"plan": plan, "activity": activity, **said})
        return create_rows(PlanItem, items, **by)


def add_groups(
    plan: TrainingPlan,
    groups: Collection[Audience],
    due: Mapping[str, Any],
    *,
    actor: User | None,
    now: datetime,
) -> list[PlanAudience]:
    """Plan a draft for groups, all by the same due rule; the next `assign_plan` carries it out."""
    check_due_rule(due.get("due_rule", ""), due.get("due_on"), due.get("due_days"))
    with transaction.atomic():
        plan = require_draft(plan)
        rows = [{"plan": plan, "audience": group, **due} for group in groups]
        return create_rows(PlanAudience, rows, actor=actor, now=now) if rows else []
