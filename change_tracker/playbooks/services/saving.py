"""Saving what an initiative did as a playbook: dates become days from go-live."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import NO_ANSWER, MitigationAction
from change_tracker.playbooks.models import Playbook, PlaybookAction, PlaybookItem
from change_tracker.playbooks.models.templates import COMPLETION_RULES
from change_tracker.playbooks.own import SAME
from change_tracker.playbooks.rules import as_rule, days_from
from change_tracker.playbooks.services.lines import raise_version, write_lines
from change_tracker.training.models import DueRule, LearningActivity, TrainingPlan
from change_tracker.training.models.dues import MAX_DUE_DAYS, WithDueRule

SLUG_ROOM = 70


def worth_saving(initiative: Initiative) -> Any:
    """The actions that others could repeat: those that were not cancelled and did not fail."""
    rows = MitigationAction.objects.filter(initiative=initiative).exclude(state__in=NO_ANSWER)
    return rows.order_by("due_on", "pk")


def save_playbook(
    *,
    initiative: Initiative,
    label: str,
    actions: Collection[MitigationAction],
    actor: User | None,
    now: datetime,
    summary: str = "",
    plan: TrainingPlan | None = None,
    replaces: Playbook | None = None,
) -> Playbook:
    """Make a playbook of some actions and a training plan, or the next version of `replaces`.

    It holds what was done, and which kinds of resistance that answered; not what was heard, from
    whom, who did it and whether it worked. Who says something is named by their part. Without a
    day of go-live there are no days. Actions keep their line when they are saved again. Raises
    ValidationError where there is nothing to save, or something belongs to another initiative.
    As many queries for a hundred lines as for one.
    """
    _require_own(initiative, actions, plan, replaces)
    by: dict[str, Any] = {"actor": actor, "now": now}
    values = {"label": label, "summary": summary} | _plan_values(plan, initiative.go_live_on)
    with transaction.atomic():
        playbook = _begin(initiative, replaces, values, by)
        parts = _parts_of(initiative)
        lines = [_action_values(each, initiative.go_live_on, parts) for each in _whole(actions)]
        write_lines(PlaybookAction, playbook, lines)
        items = [_item_values(each, initiative.go_live_on) for each in _items_of(plan)]
        write_lines(PlaybookItem, playbook, items)
    return playbook


def _whole(actions: Collection[MitigationAction]) -> list[MitigationAction]:
    """Each of the actions once, with what a line says of them."""
    rows = list(dict.fromkeys(actions))
    prefetch_related_objects(rows, "sources__type", "units", "strategy")
    return rows


def _items_of(plan: TrainingPlan | None) -> Any:
    if plan is None:
        return ()
    items = plan.items.in_force().select_related("activity__kind")
    return items.prefetch_related("activity__topics")


def _require_own(
    initiative: Initiative,
    actions: Collection[MitigationAction],
    plan: TrainingPlan | None,
    replaces: Playbook | None,
) -> None:
    if not actions:
        raise ValidationError({"actions": _("Choose at least one action.")})
    rows = [*actions, *([plan] if plan else [])]
    if any(row.initiative_id != initiative.pk for row in rows):
        raise ValidationError({"actions": _("One of them belongs to another initiative.")})
    if replaces is not None and replaces.saved_from_id != initiative.pk:
        raise ValidationError({"replaces": _("It was saved from another initiative.")})


def _begin(
    initiative: Initiative,
    replaces: Playbook | None,
    values: Mapping[str, Any],
    by: dict[str, Any],
) -> Playbook:
    if replaces is None:
        slug = _free_slug(values["label"])
        return create_row(Playbook, slug=slug, saved_from=initiative, **values, **by)
    version = replaces.version
    changed = change_row(replaces, **values, **by)
    if changed.version == version:
        raise_version(changed, **by)
    changed.actions.all().delete()
    changed.items.all().delete()
    return changed


def _free_slug(label: str) -> str:
    base = slugify(label)[:SLUG_ROOM].strip("-") or "playbook"
    taken = set(Playbook.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _plan_values(plan: TrainingPlan | None, go_live_on: date | None) -> dict[str, Any]:
    if plan is None:
        return {"plan_title": "", "plan_is_sequential": False} | as_rule(None)
    rule = plan.audiences.order_by("pk").first()
    due = _due(rule, go_live_on) if rule else as_rule(None)
    return {"plan_title": plan.title, "plan_is_sequential": plan.is_sequential} | due


def _parts_of(initiative: Initiative) -> dict[str, str]:
    """The part of each member by name: elsewhere it is somebody else's."""
    members = initiative.members.select_related("person")
    return {each.person.display_name: each.get_role_display() for each in members}


def _action_values(
    action: MitigationAction, go_live_on: date | None, parts: Mapping[str, str]
) -> dict[str, Any]:
    types = {source.type_id: source.type for source in action.sources.all()}
    return {
        "slug": f"action-{action.pk}",
        "label": action.title,
        "description": action.description,
        "strategy": action.strategy,
        "action_kind": "" if action.strategy else action.kind,
        "answers": list(types.values()),
        "days": _within_reach(days_from(go_live_on, action.due_on)),
        "minutes": action.minutes,
    } | _own_values(action, go_live_on, parts)


def _own_values(
    action: MitigationAction, go_live_on: date | None, parts: Mapping[str, str]
) -> dict[str, Any]:
    """What was meant to be done, as far as its kind has it; not what came of it."""
    again = _within_reach(days_from(go_live_on, action.evaluate_again_on))
    same = {name: getattr(action, name) for name in SAME}
    same["sender"] = parts.get(action.sender, action.sender)
    return same | {"again_days": again, "units": list(action.units.all())}


def _item_values(item: Any, go_live_on: date | None) -> dict[str, Any]:
    activity: LearningActivity = item.activity
    # Which score is enough is known to the system that reports it.
    external = LearningActivity.CompletionRule.EXTERNAL
    known = activity.completion_rule in COMPLETION_RULES
    return {
        "slug": f"activity-{activity.pk}",
        "label": activity.title,
        "kind": activity.kind,
        "topics": list(activity.topics.all()),
        "body": activity.body,
        "url": activity.url,
        "minutes": activity.minutes,
        "completion_rule": activity.completion_rule if known else external,
        "is_required": item.is_required,
    } | _due(item, go_live_on)


def _due(row: WithDueRule, go_live_on: date | None) -> dict[str, Any]:
    if row.due_rule == DueRule.FIXED:
        return dict(as_rule(_within_reach(days_from(go_live_on, row.due_on))))
    return {"due_rule": row.due_rule, "due_days": row.due_days, "due_unit": row.due_unit}


def _within_reach(days: int | None) -> int | None:
    return days if days is not None and abs(days) <= MAX_DUE_DAYS else None
