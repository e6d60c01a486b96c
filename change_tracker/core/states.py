"""State machines as tables: what is not listed is refused, every move leaves an audit event.

`Transitions.move` is the only code that writes a `state` column after a row exists; a test scans
for any other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import IllegalMoveError, MoveRefusedError, StaleRowError
from change_tracker.core.meanings import Words, explain_choices

M = TypeVar("M", bound=models.Model)
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a guard may look at beside the row: who moves it, when, why, with which values."""

    actor: User | None
    now: datetime
    reason: str
    changes: dict[str, Any]


#: Returns what stands in the way, translated; None when nothing does.
Guard = Callable[[Any, Facts], str | Promise | None]
#: Runs in the same transaction, after the row has moved.
Consequence = Callable[[Any, Facts], None]
#: Says beforehand what arriving does, translated; None when it does nothing.
Preview = Callable[[Any], str | Promise | None]


@dataclass(slots=True)
class Move:
    """One permitted step. `needs_reason` refuses an empty reason."""

    source: str
    target: str
    guards: list[Guard] = field(default_factory=list)
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a move, and the guard that says so."""

    guard: Guard
    words: str | Promise


class Transitions(Generic[M]):
    """The transition table of one model whose state column is called `state`.

    `means` says what each of its states means, for the pages that show them; a state without is
    refused. `scope` is the path from the row to the initiative's id, for the audit trail.
    """

    all: list["Transitions[Any]"] = []

    def __init__(
        self, model: type[M], *moves: Move, means: Mapping[str, Words], scope: str = ""
    ) -> None:
        self.model, self.moves, self.scope = model, moves, scope
        states: Any = model
        explain_choices(model._meta.model_name or "", states.State, means)
        self.consequences: list[tuple[str, Consequence]] = []
        self.previews: list[tuple[str, Preview]] = []
        Transitions.all.append(self)

    def guard(self, source: str, target: str, guard: Guard) -> None:
        """Let a slice further right stand in the way of one move; repeating is harmless."""
        move = self._find(source, target)
        if guard not in move.guards:
            move.guards.append(guard)

    def after(self, target: str, consequence: Consequence) -> None:
        """Let a slice further right act on every arrival in `target`; repeating is harmless."""
        if (target, consequence) not in self.consequences:
            self.consequences.append((target, consequence))

    def foresee(self, target: str, preview: Preview) -> None:
        """Let a slice further right say what an arrival in `target` does; repeating is harmless."""
        if (target, preview) not in self.previews:
            self.previews.append((target, preview))

    def preview(self, row: M, *, to: str) -> list[str | Promise]:
        """What moving `row` to `to` would do beside the move itself."""
        answers = (preview(row) for target, preview in self.previews if target == to)
        return [answer for answer in answers if answer]

    def targets(self, source: str) -> list[str]:
        """The states that may follow `source`, as far as the table decides."""
        return [move.target for move in self.moves if move.source == source]

    def sources(self, target: str) -> list[str]:
        """The states from which `target` can be reached in one move."""
        return [move.source for move in self.moves if move.target == target]

    def refusal(self, row: M, *, to: str, facts: Facts) -> str | Promise | None:
        """What stands in the way of moving `row`; None when nothing does.

        Raises IllegalMoveError when the table has no such move.
        """
        move = self._find(_state(row), to)
        if move.needs_reason and not facts.reason.strip():
            return _("Give a reason.")
        return next((each.words for each in _obstacles(move, row, facts)), None)

    def obstacles(self, row: M, *, to: str, facts: Facts) -> list[Obstacle]:
        """Everything that guards find missing before `row` can move; the reason is not asked for.

        Raises IllegalMoveError when the table has no such move.
        """
        return list(_obstacles(self._find(_state(row), to), row, facts))

    def move(
        self,
        row: M,
        *,
        to: str,
        actor: User | None,
        now: datetime,
        reason: str = "",
        **changes: Any,
    ) -> M:
        """Move `row` to another state, with `changes` to its columns, and write history.

        Returns the same row, up to date. Raises IllegalMoveError, MoveRefusedError, or
        StaleRowError when the row left its state in the meantime; then nothing is written.
        """
        facts = Facts(actor=actor, now=now, reason=reason, changes=changes)
        with transaction.atomic():
            refusal = self.refusal(row, to=to, facts=facts)
            if refusal:
                raise MoveRefusedError(refusal)
            source = _state(row)
            self._write(row, source, to, changes)
            audit.record(
                obj=row,
                verb="moved",
                actor=actor,
                now=now,
                scope=self.scope_of(row),
                from_state=source,
                to_state=to,
                reason=reason,
                changes=self._plain(changes),
            )
            for target, consequence in self.consequences:
                if target == to:
                    consequence(row, facts)
        return row

    def move_many(
        self,
        rows: models.QuerySet[M],
        *,
        to: str,
        actor: User | None,
        now: datetime,
        reason: str = "",
        **changes: Any,
    ) -> list[int]:
        """Move every row of `rows` that may go to `to`; returns the ids that moved.

        Set-based: one locked read, then one UPDATE and one INSERT of events a thousand rows.
        For moves without guards only. Rows in a state that does not lead to `to` stay.
        """
        permitted = [move for move in self.moves if move.target == to]
        if any(move.guards for move in permitted):
            raise TypeError(f"{self.model.__name__}: moves to {to} have guards; move one by one.")
        with transaction.atomic():
            found = self._lock(rows, [move.source for move in permitted])
            for start in range(0, len(found), BATCH):
                self._write_batch(found[start : start + BATCH], to, changes, actor, now, reason)
        return [pk for pk, _source, _scope in found]

    def scope_of(self, row: M) -> str:
        """The audit scope of `row`, such as `initiative:12`."""
        if not self.scope:
            return ""
        return f"initiative:{reduce(getattr, self.scope.split('__'), row)}"

    def _find(self, source: str, target: str) -> Move:
        for move in self.moves:
            if (move.source, move.target) == (source, target):
                return move
        words = {"source": self._in_words(source), "target": self._in_words(target)}
        if source == target:
            raise IllegalMoveError(_("It is “%(target)s” already.") % words)
        raise IllegalMoveError(_("From “%(source)s” there is no way to “%(target)s”.") % words)

    def _in_words(self, state: str) -> str:
        """A state as people read it; what is none, as it was asked for."""
        states: Any = self.model
        return str(dict(states.State.choices).get(state, state))

    def _write(self, row: M, source: str, to: str, changes: dict[str, Any]) -> None:
        versioned = {"version": F("version") + 1} if hasattr(row, "version") else {}
        moved = self.model._default_manager.filter(pk=row.pk, state=source).update(
            state=to, **versioned, **changes
        )
        if moved != 1:
            raise StaleRowError
        row.refresh_from_db(fields=["state", *versioned, *changes])

    def _lock(self, rows: models.QuerySet[M], sources: list[str]) -> list[tuple[int, str, str]]:
        # The lock is taken on the bare table: joins and DISTINCT do not go with FOR UPDATE.
        locked = self.model._default_manager.filter(
            pk__in=rows.order_by().values("pk"), state__in=sources
        ).order_by("pk")
        pairs = list(locked.select_for_update().values_list("pk", "state"))
        if not self.scope:
            return [(pk, state, "") for pk, state in pairs]
        scopes = dict(rows.order_by().values_list("pk", self.scope))
        return [(pk, state, f"initiative:{scopes[pk]}") for pk, state in pairs]

    def _write_batch(
        self,
        batch: list[tuple[int, str, str]],
        to: str,
        changes: dict[str, Any],
        actor: User | None,
        now: datetime,
        reason: str,
    ) -> None:
        versioned = {"version": F("version") + 1} if _has_version(self.model) else {}
        ids = [pk for pk, _source, _scope in batch]
        self.model._default_manager.filter(pk__in=ids).update(state=to, **versioned, **changes)
        audit.record_many(
            audit.event(
                object_type=self.model._meta.model_name or "",
                object_id=pk,
                verb="moved",
                actor=actor,
                now=now,
                scope=scope,
                from_state=source,
                to_state=to,
                reason=reason,
                changes=self._plain(changes),
            )
            for pk, source, scope in batch
        )

    def _plain(self, changes: dict[str, Any]) -> dict[str, Any]:
        return {
            name: audit.plain(self.model._meta.get_field(name), value)
            for name, value in changes.items()
            if not hasattr(value, "resolve_expression")
        }


def _obstacles(move: Move, row: models.Model, facts: Facts) -> Iterator[Obstacle]:
    for guard in move.guards:
        if words := guard(row, facts):
            yield Obstacle(guard, words)


def _state(row: models.Model) -> str:
    state: str = row.state  # type: ignore[attr-defined]  # the contract of the class
    return state


def _has_version(model: type[models.Model]) -> bool:
    return any(each.name == "version" for each in model._meta.get_fields())


def table(*moves: str | Move) -> Iterable[Move]:
    """Moves from lines such as "draft > active"; ready-made Move objects pass through."""
    for each in moves:
        if isinstance(each, Move):
            yield each
        else:
            source, target = (part.strip() for part in each.split(">"))
            yield Move(source, target)
