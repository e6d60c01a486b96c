"""What may come next for an action, in the words of a button; no queries."""

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.meanings import meaning_of
from change_tracker.mitigation.models import JUDGED_STATES, MitigationAction
from change_tracker.mitigation.states import ACTION

State = MitigationAction.State
WORDS: dict[str, str | Promise] = {
    State.IN_PROGRESS: _("Start it"),
    State.BLOCKED: _("It is blocked"),
    State.DONE: _("It is done"),
    State.EFFECTIVE: _("It worked"),
    State.INEFFECTIVE: _("It did not work"),
    State.CANCELLED: _("Call it off"),
}
#: What is called otherwise from some states: back to work, and back to the question.
BACK: dict[tuple[str, str], str | Promise] = {
    (State.BLOCKED, State.IN_PROGRESS): _("It can go on"),
    (State.INEFFECTIVE, State.IN_PROGRESS): _("Take it up again"),
    **dict.fromkeys(product(JUDGED_STATES, [State.DONE]), _("Judge it anew")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMove:
    """One move: to which state, what its button says, and what it asks for."""

    to: str
    words: str | Promise
    needs_reason: bool
    asks_outcome: bool
    is_proposed: bool = False

    @property
    def means(self) -> str | Promise:
        """What the state means to which it leads."""
        return meaning_of(State(self.to))

    @property
    def has_form(self) -> bool:
        """Whether it asks for anything."""
        return self.needs_reason or self.asks_outcome


def moves_of(action: MitigationAction) -> list[NextMove]:
    """The moves that the state table has from where `action` is."""
    proposed = proposal_of(action)
    return [
        NextMove(
            to=move.target,
            words=_words(action, move.target),
            needs_reason=move.needs_reason,
            asks_outcome=move.target in JUDGED_STATES,
            is_proposed=move.target == proposed,
        )
        for move in ACTION.moves
        if move.source == action.state
    ]


def proposal_of(action: MitigationAction) -> str:
    """The state that its place on the hill speaks for; empty where it agrees with its state."""
    if action.state == State.PLANNED and action.position > 0:
        return State.IN_PROGRESS
    if action.state == State.IN_PROGRESS and action.position == 100:
        return State.DONE
    return ""


def question_of(action: Any, today: date) -> str:
    """What is done and asks whether it worked waits for a `review`, then for the `verdict`.

    On the day on which it was done there is no later day to review: `tomorrow`. Takes an action
    `with_reviewed`.
    """
    if action.state != State.DONE:
        return ""
    if action.is_reviewed:
        return "verdict"
    return "review" if action.done_on < today else "tomorrow"


def _words(action: MitigationAction, target: str) -> str | Promise:
    return BACK.get((action.state, target)) or WORDS[target]
