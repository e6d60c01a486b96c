"""Walking a transition table, so that a state or guard that is added is tested by being there."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.db import models

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.models import AuditEvent
from change_tracker.core.states import Facts, Guard, Move, Transitions
from tests.factories import NOW


def put(row: Any, state: str, **columns: Any) -> Any:
    """Set a row down in `state`, past every rule."""
    models.QuerySet(type(row)).filter(pk=row.pk).update(state=state, **columns)
    row.refresh_from_db()
    return row


def has_moved(row: Any, step: Move, actor: Any, scope: str) -> None:
    """It is where the move leads, one version on, and history says who moved it, and why."""
    row.refresh_from_db()
    assert (row.state, row.version) == (step.target, 2)
    event = AuditEvent.objects.get()
    assert (event.verb, event.from_state, event.to_state) == ("moved", step.source, step.target)
    assert (event.object_type, event.object_id) == (row._meta.model_name, str(row.pk))
    assert (event.actor_user, event.reason) == (actor, reason_for(step))
    assert event.scope == scope


@contextmanager
def refused(row: Any, error: type[ChangeTrackerError], *reasons: str) -> Iterator[None]:
    """What happens within is refused for one of the `reasons`; no column and no history changes."""
    before = _stored(row)
    with pytest.raises(error) as found:
        yield
    assert str(found.value) in reasons
    assert _stored(row) == before
    assert not AuditEvent.objects.exists()


def no_way(table: Transitions[Any], origin: str, target: str) -> str:
    """What is said of a move that the table does not have, in the words that people read."""
    field: Any = table.model._meta.get_field("state")
    words = dict(field.choices)
    if origin == target:
        return f"It is “{words[target]}” already."
    return f"From “{words[origin]}” there is no way to “{words[target]}”."


def obstacles(
    table: Transitions[Any], row: Any, step: Move, guard: Guard, **changes: Any
) -> list[str]:
    """What stands in the way of a move in words, `guard` among it."""
    facts = Facts(actor=None, now=NOW, reason=reason_for(step), changes=changes)
    row.refresh_from_db()
    found = table.obstacles(row, to=step.target, facts=facts)
    assert guard in [each.guard for each in found]
    return [str(each.words) for each in found]


def _stored(row: Any) -> Any:
    return models.QuerySet(type(row)).filter(pk=row.pk).values().get()


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
