"""Planning the work that answers resistance, moving it on, and carrying it over."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.audit import record
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import change_row, create_row, delete_row, lock, lock_all
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import require_running
from change_tracker.mitigation.blocks import ANSWERED
from change_tracker.mitigation.errors import (
    DoneOnError,
    EvaluationError,
    ForeignFieldError,
    ForeignSourceError,
    KindError,
    NoSourceError,
    NotBlockedError,
    NotNewError,
    NotOpenError,
)
from change_tracker.mitigation.kinds import EMPTY, foreign_to
from change_tracker.mitigation.models import JUDGED_STATES, OPEN_STATES, MitigationAction
from change_tracker.mitigation.states import ACTION
from change_tracker.resistance.models import ResistanceSource, StrategyType
from change_tracker.signals import action_closed, announce

State = MitigationAction.State

#: States in which it is known how the work ended.
FINAL = (State.EFFECTIVE, State.INEFFECTIVE, State.CANCELLED)
#: What an action takes along when it is carried over.
CARRIED = (
    *("title", "description", "kind", "strategy", "owner", "due_on", "minutes", "position"),
    *(name for name in EMPTY if name != "units"),
)


def plan_action(
    *,
    initiative: Initiative,
    sources: Collection[ResistanceSource],
    actor: User | None,
    now: datetime,
    strategy: StrategyType | None = None,
    title: str = "",
    kind: str = "",
    **values: Any,
) -> MitigationAction:
    """Plan work against at least one resistance of the same initiative.

    From a strategy come the kind of work and, where none is given, the title. Raises
    NoSourceError, ForeignSourceError, KindError, InitiativeEndedError, and StaleRowError when a
    resistance was deleted in the meantime; ForeignFieldError for a field of another kind.
    """
    kind = kind_of_action(kind, strategy)
    require_own_fields(kind, values)
    require_order(values)
    with transaction.atomic():
        require_running(initiative)
        require_own_sources(initiative, sources)
        return create_row(
            MitigationAction,
            initiative=initiative,
            sources=list(sources),
            strategy=strategy,
            title=title or (strategy.label if strategy else ""),
            kind=kind,
            actor=actor,
            now=now,
            **values,
        )


def change_action(
    action: MitigationAction,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> MitigationAction:
    """Change an action; a new strategy brings its kind of work, and a title where none is given.

    Another kind empties what only the one before has. Raises NoSourceError, ForeignSourceError,
    KindError, ForeignFieldError, EvaluationError, StaleRowError.
    """
    strategy = changes.get("strategy", action.strategy)
    # A strategy that the catalogue has under another kind by now changes no work that follows it.
    if strategy != action.strategy or changes.get("kind", action.kind) != action.kind:
        inherited = "" if strategy else action.kind
        changes["kind"] = kind_of_action(changes.get("kind", inherited), strategy)
    if strategy and changes.get("title") == "":
        changes["title"] = strategy.label
    kind = changes.get("kind", action.kind)
    require_own_fields(kind, changes)
    require_order(changes, action)
    if kind != action.kind:
        changes |= foreign_to(kind)
    if changes.get("due_on", action.due_on) != action.due_on:
        changes["due_revision"] = action.due_revision + 1
    with transaction.atomic():
        if "sources" in changes:
            require_own_sources(action.initiative, changes["sources"])
        return change_row(
            action, actor=actor, now=now, expected_version=expected_version, **changes
        )


def place_action(
    action: MitigationAction,
    *,
    position: int,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
) -> MitigationAction:
    """Put open work where it stands on the hill. Raises NotOpenError, StaleRowError."""
    with transaction.atomic():
        if lock(action).state not in OPEN_STATES:
            raise NotOpenError(_("This action has ended, so it does not move on the hill."))
        return change_row(
            action, actor=actor, now=now, expected_version=expected_version, position=position
        )


def move_action(
    action: MitigationAction,
    *,
    to: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    outcome: str | None = None,
    expected_version: int | None = None,
) -> MitigationAction:
    """Move an action. Done keeps the day, also where it is to be judged anew; taking it up again
    forgets it.

    `outcome` says what came of it; None leaves what was said before. Sends `action_closed` when it
    is known how the work ended. Raises what `Transitions.move` raises, and StaleRowError where it
    is not of the `expected_version`; None expects none.
    """
    changes: dict[str, Any] = {} if outcome is None else {"outcome": outcome}
    is_anew = to == State.IN_PROGRESS and action.state == State.INEFFECTIVE
    if is_anew:
        changes |= {"done_on": None, "due_revision": action.due_revision + 1}
    elif to == State.DONE and action.state not in JUDGED_STATES:
        changes["done_on"] = timezone.localdate(now)
    with transaction.atomic():
        if is_anew:
            # Closing looks at what is open; it waits until this is, or this finds it closed.
            action.initiative = lock(action.initiative)
        # The day that a guard looks at, and what was said before, stay until it is through.
        held = lock(action)
        if expected_version not in (None, held.version):
            raise StaleRowError
        action.kind = held.kind  # a guard looks at the one that it has by now
        moved = ACTION.move(action, to=to, actor=actor, now=now, reason=reason, **changes)
        if to in FINAL:
            announce(action_closed, MitigationAction, action=moved)
    return moved


def correct_done_on(
    action: MitigationAction,
    *,
    done_on: date,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
) -> MitigationAction:
    """Say on which day work was done that was reported later, so that a review since then counts.

    Raises DoneOnError for work that is not done or already judged, and for a day that is still to
    come; StaleRowError.
    """
    if done_on > timezone.localdate(now):
        raise DoneOnError(_("It is done on a day that has come."))
    with transaction.atomic():
        if lock(action).state != State.DONE:
            raise DoneOnError(_("Only of work that is done and not judged yet can the day change."))
        return change_row(
            action, actor=actor, now=now, expected_version=expected_version, done_on=done_on
        )


def answer_block(action: MitigationAction, *, text: str, actor: User | None, now: datetime) -> None:
    """Keep in its history what a sponsor says to what blocks an action. Raises NotBlockedError."""
    with transaction.atomic():
        if lock(action).state != State.BLOCKED:
            raise NotBlockedError(_("Nothing blocks this action any more. Look at what happened."))
        scope = action.initiative.audit_scope
        record(obj=action, verb=ANSWERED, actor=actor, now=now, scope=scope, reason=text)


def carry_over(
    action: MitigationAction,
    *,
    sources: Collection[ResistanceSource],
    actor: User | None,
    now: datetime,
) -> MitigationAction:
    """Go on with open work in another initiative, against `sources` there.

    The action here is cancelled and the new one, planned there, refers to it. Raises NoSourceError,
    ForeignSourceError (the sources are of several initiatives, or of this one), NotOpenError,
    InitiativeEndedError, StaleRowError where it was changed since; then nothing is written.
    """
    if not sources:
        raise NoSourceError
    target = next(iter(sources)).initiative
    if target.pk == action.initiative_id:
        raise ForeignSourceError
    if action.state not in OPEN_STATES:
        raise NotOpenError(_("This action has ended, so there is nothing to carry over."))
    with transaction.atomic():
        carried = plan_action(
            initiative=target,
            sources=sources,
            actor=actor,
            now=now,
            audiences=list(action.audiences.all()),
            units=list(action.units.all()),
            carried_from=action,
            **{name: getattr(action, name) for name in CARRIED},
        )
        # Not to which: its readers may not know that there is another one.
        reason = gettext("Carried over to another initiative.")
        how: dict[str, Any] = {"reason": reason, "expected_version": action.version}
        move_action(action, to=State.CANCELLED, actor=actor, now=now, **how)
    return carried


def delete_action(action: MitigationAction, *, actor: User | None, now: datetime) -> None:
    """Delete work that has not begun. Raises NotNewError otherwise, InUseError for a plan's."""
    with transaction.atomic():
        if lock(action).state != State.PLANNED:
            raise NotNewError(_("This work has begun, so it is kept. Call it off instead."))
        delete_row(action, actor=actor, now=now)


def require_own_sources(initiative: Initiative, sources: Collection[ResistanceSource]) -> None:
    """Hold resistance that is about to be answered. Raises NoSourceError, ForeignSourceError, and
    StaleRowError where one of them is gone.
    """
    if not sources:
        raise NoSourceError
    if any(each.initiative_id != initiative.pk for each in sources):
        raise ForeignSourceError
    # Moves of these sources look at their actions; they wait until this one is there.
    lock_all(sources)


def require_own_fields(kind: str, values: Mapping[str, Any]) -> None:
    """Raise ForeignFieldError for a field that actions of `kind` do not have."""
    for name in foreign_to(kind):
        if values.get(name):
            raise ForeignFieldError(MitigationAction, name, kind)


def require_order(values: Mapping[str, Any], action: MitigationAction | None = None) -> None:
    """Raise EvaluationError where a tool is to be evaluated again before it was."""
    names = ("evaluated_on", "evaluate_again_on")
    last, again = (values.get(name, getattr(action, name, None)) for name in names)
    if last and again and again <= last:
        raise EvaluationError(_("Evaluate it again on a day after the last evaluation."))


def kind_of_action(kind: str, strategy: StrategyType | None) -> str:
    """The kind of work of an action with that strategy. Raises KindError."""
    return kind_of_work(kind, strategy.action_kind if strategy else "", str(strategy or ""))


def kind_of_work(kind: str, of_strategy: str, strategy: str) -> str:
    """The kind that was named, or that of the strategy of that name. Raises KindError where there
    is neither, or they differ.
    """
    if not of_strategy and not kind:
        raise KindError(_("Say which kind of work this is, or choose a strategy."))
    if not of_strategy or kind in {"", of_strategy}:
        return kind or of_strategy
    raise KindError(
        _("The strategy “%(strategy)s” is of another kind of work.") % {"strategy": strategy}
    )
