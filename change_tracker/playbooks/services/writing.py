"""What a line of a playbook becomes, as columns; no database."""

from typing import Any

from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import OrgUnit
from change_tracker.playbooks.own import INTENDED
from change_tracker.playbooks.services.proposing import Line, action_digest
from change_tracker.resistance.models.catalogue import ActionKind

ITEM_VALUES = ("body", "url", "minutes", "completion_rule", "kind")
DUE_VALUES = ("due_rule", "due_days", "due_unit")
#: What a step remembers of the action that it became.
NOTED = ("line_digest", "row_digest", "days", "given_on", "again_days", "again_given_on")


def values_of(line: Line, action: MitigationAction | None = None) -> dict[str, Any]:
    """What the line says of its action, or of the `action` that there is."""
    row = line.row
    return {
        "title": row.label,
        "description": row.description,
        "strategy": row.strategy,
        "kind": row.kind,
        "minutes": row.minutes,
        "due_on": line.due.on,
    } | _own_values(line, action)


def _own_values(line: Line, action: MitigationAction | None) -> dict[str, Any]:
    """The fields of its kind. A tool that was evaluated since keeps its next evaluation."""
    if line.row.kind == ActionKind.COLLABORATION:
        return {"units": [OrgUnit(pk=pk) for pk in sorted(line.units)]}
    if line.row.kind == ActionKind.TOOLS:
        evaluated_on = action.evaluated_on if action else None
        return {} if evaluated_on else {"evaluate_again_on": line.again.on}
    return {name: getattr(line.row, name) for name in INTENDED.get(line.row.kind, ())}


def given_by(line: Line, action: MitigationAction) -> dict[str, Any]:
    """What the step of a line remembers, so that edits are known and dates can follow go-live."""
    units = line.units if line.row.kind == ActionKind.COLLABORATION else frozenset()
    is_tool = line.row.kind == ActionKind.TOOLS
    return {
        "row_digest": action_digest(action, units),
        "days": line.row.days,
        "given_on": line.due.on,
        "again_days": line.row.again_days if is_tool else None,
        "again_given_on": line.again.on if is_tool else None,
    }


def new_activity(item: Any) -> dict[str, Any]:
    """The activity that a line is, where the library has none of its title."""
    values = {name: getattr(item, name) for name in ITEM_VALUES}
    return values | {"title": item.label, "topics": list(item.topics.all())}


def due_of(row: Any) -> dict[str, Any]:
    """A due rule: of an item, or of the whole plan."""
    return {name: getattr(row, name) for name in DUE_VALUES}
