"""What is done about it, from the foot of the hill to the other side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.services import change_action, move_action, plan_action
from change_tracker.people.models import OrgUnit
from change_tracker.resistance.models import StrategyType
from project.tidewater.days import Calendar
from project.tidewater.people import by, person
from project.tidewater.resistance import Groups, Register

#: The moves from planned to each state.
MOVES = {
    "planned": (),
    "in_progress": ("in_progress",),
    "blocked": ("in_progress", "blocked"),
    "cancelled": ("cancelled",),
    "done": ("in_progress", "done"),
    "effective": ("in_progress", "done", "effective"),
    "ineffective": ("in_progress", "done", "ineffective"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One action; `due` and `done` are days from today, `state` is where it is now.

    A judged one was judged a week ago, after the last review of what it answers.
    """

    key: str
    strategy: str
    title: str
    against: Sequence[str]
    groups: Sequence[str]
    due: int
    minutes: int = 0
    owner: str = "priya"
    position: int = 0
    state: str = "in_progress"
    done: int = -21
    reason: str = ""
    outcome: str = ""
    units: Sequence[str] = ()


Actions = dict[str, MitigationAction]


def plan_acts(
    initiative: Initiative,
    acts: Sequence[Act],
    groups: Groups,
    register: Register,
    calendar: Calendar,
) -> Actions:
    """Plan every action, eight weeks ago; returns them by key."""
    return {act.key: _plan(initiative, act, groups, register, calendar) for act in acts}


def _plan(
    initiative: Initiative, act: Act, groups: Groups, register: Register, calendar: Calendar
) -> MitigationAction:
    return plan_action(
        initiative=initiative,
        sources=[register[key] for key in act.against],
        strategy=StrategyType.objects.get(slug=act.strategy),
        title=act.title,
        audiences=[groups[name] for name in act.groups],
        **_own_of(act),
        owner=person(act.owner),
        due_on=calendar.day(act.due) if act.due > 0 else calendar.past(-act.due),
        minutes=act.minutes,
        position=act.position,
        **by("priya", calendar.moment(calendar.past(56))),
    )


def _own_of(act: Act) -> dict[str, Any]:
    """The fields that only actions of its kind have."""
    if not act.units:
        return {}
    return {"units": list(OrgUnit.objects.filter(name__in=act.units))}


def carry_out(acts: Sequence[Act], actions: Actions, calendar: Calendar) -> None:
    """Bring every action to where it is today."""
    for act in acts:
        action = actions[act.key]
        if act.outcome:
            then = by("priya", calendar.moment(calendar.past(-act.done)))
            action = change_action(action, outcome=act.outcome, **then)
        for state in MOVES[act.state]:
            days_ago = _days_ago(state, act)
            context = by("priya", calendar.moment(calendar.past(days_ago)))
            reason = act.reason if state == act.state else ""
            action = move_action(action, to=state, reason=reason, **context)


def _days_ago(state: str, act: Act) -> int:
    return {"in_progress": 50, "done": -act.done}.get(state, 7)
