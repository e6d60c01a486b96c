"""Planning and changing many actions at once, in as many statements as for a few."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from change_tracker.core.access import User
from change_tracker.core.services import change_rows, create_rows
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import require_running
from change_tracker.mitigation.errors import NoSourceError
from change_tracker.mitigation.kinds import foreign_to
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import (
    kind_of_action,
    require_order,
    require_own_fields,
    require_own_sources,
)


def plan_actions(
    *,
    initiative: Initiative,
    drafts: Sequence[Mapping[str, Any]],
    actor: User | None,
    now: datetime,
) -> list[MitigationAction]:
    """Plan work as `plan_action` does, in the order of `drafts`; each is what that one takes.

    Raises what it raises, and then plans nothing.
    """
    if not drafts:
        return []
    if not all(draft["sources"] for draft in drafts):
        raise NoSourceError
    rows = [_planned(initiative, draft) for draft in drafts]
    with transaction.atomic():
        require_running(initiative)
        named = {source.pk: source for draft in drafts for source in draft["sources"]}
        require_own_sources(initiative, named.values())
        return create_rows(MitigationAction, rows, actor=actor, now=now)


def rewrite_actions(
    changes: Sequence[tuple[MitigationAction, Mapping[str, Any]]],
    *,
    actor: User | None,
    now: datetime,
) -> list[MitigationAction]:
    """Change many actions as `change_action` does; returns those that are other now.

    What they answer is of their initiative, which the caller sees to. Each change names a title and
    the kind of work. Raises KindError, ForeignFieldError, EvaluationError, StaleRowError; then
    nothing is changed.
    """
    whole = [(action, _changed(action, values)) for action, values in changes]
    return change_rows(whole, actor=actor, now=now)


def _planned(initiative: Initiative, draft: Mapping[str, Any]) -> dict[str, Any]:
    strategy = draft.get("strategy")
    kind = kind_of_action(draft.get("kind", ""), strategy)
    require_own_fields(kind, draft)
    require_order(draft)
    title = draft.get("title") or (strategy.label if strategy else "")
    return {**draft, "initiative": initiative, "kind": kind, "title": title}


def _changed(action: MitigationAction, values: Mapping[str, Any]) -> dict[str, Any]:
    kind = kind_of_action(values["kind"], values.get("strategy", action.strategy))
    require_own_fields(kind, values)
    require_order(values, action)
    changes = {**values, "kind": kind}
    if kind != action.kind:
        changes |= foreign_to(kind)
    if changes.get("due_on", action.due_on) != action.due_on:
        changes["due_revision"] = action.due_revision + 1
    return changes
