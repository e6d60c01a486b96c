"""What every initiative of the story has: members, goals, groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.services import (
    add_affected_group,
    add_member,
    add_objective,
    create_initiative,
    move_initiative,
)
from project.tidewater.days import Calendar
from project.tidewater.people import by, person
from project.tidewater.resistance import Groups

ROLES = [
    ("tom", Role.SPONSOR),
    ("lena", Role.CHANGE_AGENT),
    ("owen", Role.COACH),
    ("victor", Role.VIEWER),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`due` is in days from today."""

    title: str
    unit: str
    baseline: int
    target: int
    due: int
    direction: str = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """How a group is affected; `influence` and `support` are the lead's judgement."""

    group: str
    impact: int
    before: str
    after: str
    message: str
    influence: int
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an initiative says about itself."""

    title: str
    purpose: str
    future_state: str
    stays_the_same: str
    goals: Sequence[Goal]
    touched: Sequence[Touched]


def open_initiative(
    outline: Outline,
    groups: Groups,
    *,
    go_live_on: date,
    days_ago: int,
    calendar: Calendar,
    lead: str = "priya",
) -> Initiative:
    """An active initiative of `lead`, begun so many days ago."""
    begun = by(lead, calendar.moment(calendar.past(days_ago)))
    initiative = create_initiative(
        title=outline.title,
        purpose=outline.purpose,
        future_state=outline.future_state,
        stays_the_same=outline.stays_the_same,
        go_live_on=go_live_on,
        **begun,
    )
    for username, role in ROLES:
        add_member(initiative=initiative, person=person(username), role=role, **begun)
    for goal in outline.goals:
        add_objective(
            initiative=initiative,
            title=goal.title,
            unit=goal.unit,
            baseline=goal.baseline,
            target=goal.target,
            direction=goal.direction,
            due_on=calendar.day(goal.due),
            **begun,
        )
    for each in outline.touched:
        _touch(initiative, each, groups, go_live_on, calendar, days_ago)
    return move_initiative(initiative, to="active", **begun)


def _touch(
    initiative: Initiative,
    each: Touched,
    groups: Groups,
    go_live_on: date,
    calendar: Calendar,
    days_ago: int,
) -> None:
    add_affected_group(
        initiative=initiative,
        audience=groups[each.group],
        impact=each.impact,
        from_state=each.before,
        to_state=each.after,
        message=each.message,
        influence=each.influence,
        support=each.support,
        from_on=go_live_on,
        **by("priya", calendar.moment(calendar.past(days_ago))),
    )
