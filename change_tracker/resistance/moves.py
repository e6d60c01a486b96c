"""What may come next for an entry of the register, in the words of a button."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.meanings import meaning_of
from change_tracker.core.states import Facts
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.states import RESISTANCE

State = ResistanceSource.State
#: What a press of the button says.
MOVES: dict[str, str | Promise] = {
    State.IDENTIFIED: _("There is something in it: take it up again"),
    State.ASSESSED: _("We know how strong it is"),
    State.MITIGATING: _("We work on it"),
    State.MONITORING: _("The work is done, we watch it"),
    State.RESOLVED: _("It is resolved"),
    State.ACCEPTED: _("Live with it"),
    State.DISMISSED: _("There is nothing in it: dismiss it"),
}
#: Back to work, from a state that looked like an end.
AGAIN = _("It is back: assess it again")


def words_of(entry: Any, to: str) -> str | Promise:
    """What moving `entry` to `to` is called."""
    return AGAIN if to == State.ASSESSED and entry.state != State.IDENTIFIED else MOVES[to]


def trend_of(entry: Any) -> int:
    """1 when the latest review is above the one before it, -1 below it, else 0."""
    if entry.previous_level is None:
        return 0
    return bool(entry.latest_level > entry.previous_level) - bool(
        entry.latest_level < entry.previous_level
    )


def is_back(entry: Any, now: datetime) -> bool:
    """Whether it looked like an end, and a review since then is above the target again.

    Asks no more than the row where the level tells already that it is not.
    """
    level = entry.latest_level
    looked_over = entry.state in {State.MONITORING, State.ACCEPTED, State.RESOLVED}
    if not looked_over or level is None or level <= entry.target_level:
        return False
    facts = Facts(actor=None, now=now, reason="", changes={})
    return RESISTANCE.refusal(entry, to=State.ASSESSED, facts=facts) is None


def moves_of(entry: Any) -> list[dict[str, Any]]:
    """The moves that the state table has from here; `asks` has a form of its own."""
    return [
        {
            "to": move.target,
            "words": words_of(entry, move.target),
            "reason": move.needs_reason,
            "asks": move.needs_reason or move.target == State.ACCEPTED,
            "means": meaning_of(State(move.target)),
        }
        for move in RESISTANCE.moves
        if move.source == entry.state
    ]
