"""Where the pages of actions are, and what their forms send."""

from typing import Any

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction


def actions_url(initiative: Initiative, verb: str = "") -> str:
    return f"/change/i/{initiative.slug}/actions/{verb}"


def action_url(action: MitigationAction, verb: str = "") -> str:
    return f"/change/i/{action.initiative.slug}/actions/{action.pk}/{verb}"


def entry_url(source: Any, verb: str = "") -> str:
    return f"/change/i/{source.initiative.slug}/resistance/{source.pk}/{verb}"


def said(action: MitigationAction, **changes: Any) -> dict[str, Any]:
    """What the edit form sends when only `changes` are made."""
    return {
        "sources": [each.pk for each in action.sources.all()],
        "title": action.title,
        "kind": action.kind,
        "description": action.description,
        "audiences": [each.pk for each in action.audiences.all()],
        "owner": action.owner_id or "",
        "due_on": action.due_on or "",
        "minutes": action.minutes,
        "outcome": action.outcome,
        "version": action.version,
    } | changes
