"""Walking a transition table, so that a state or guard that is added is tested by being there."""

from itertools import product
from typing import Any

import pytest
from django.db import models

from change_tracker.core.states import Guard, Move, Transitions


def put(row: Any, state: str, **columns: Any) -> Any:
    """Set a row down in `state`, past every rule."""
    models.QuerySet(type(row)).filter(pk=row.pk).update(state=state, **columns)
    row.refresh_from_db()
    return row


def listed(table: Transitions[Any]) -> list[Any]:
    """Every move of the table."""
    return [pytest.param(move, id=f"{move.source}-{move.target}") for move in table.moves]


def unlisted(table: Transitions[Any]) -> list[Any]:
    """Every pair of states that the table does not join."""
    field: Any = table.model._meta.get_field("state")
    states = [value for value, _label in field.choices]
    known = {(move.source, move.target) for move in table.moves}
    return [
        pytest.param(*pair, id="-".join(pair))
        for pair in product(states, states)
        if pair not in known
    ]


def guarded(table: Transitions[Any]) -> list[Any]:
    """Every guard of every move, also those that slices further right have registered."""
    return [
        pytest.param(move, guard, id=f"{move.source}-{move.target}-{name_of(guard)}")
        for move in table.moves
        for guard in move.guards
    ]


def asking(table: Transitions[Any]) -> list[Any]:
    """Every move that asks for a reason."""
    return [each for each in listed(table) if reason_for(each.values[0])]


def reason_for(move: Move) -> str:
    """A reason where the move asks for one."""
    return "Because of the budget" if move.needs_reason else ""


def name_of(guard: Guard) -> str:
    """How a test names a guard."""
    qualified: str = guard.__qualname__
    return qualified.replace(".<locals>.guard", "").strip("_")
