"""What stands in the way, and how strong it was judged to be over the weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience
from change_tracker.resistance.models import ResistanceSource, SourceType
from change_tracker.resistance.services.register import (
    move_resistance,
    record_resistance,
    review_resistance,
)
from project.tidewater.days import Calendar
from project.tidewater.people import by, person

Groups = Mapping[str, Audience]
Register = dict[str, ResistanceSource]
#: The way of a resistance while people work on it.
WAY = ("assessed", "mitigating", "monitoring", "resolved")
SHORT = ("identified", "dismissed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One line of a register; its levels are of its last reviews, and `state` is where it is now.

    `reason` is why it was dismissed or is lived with; Tom accepts it then.
    """

    key: str
    kind: str
    statement: str
    groups: Sequence[str]
    levels: Sequence[int] = ()
    state: str = "assessed"
    target: int = 1
    owner: str = "priya"
    reason: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)
    look_again: int | None = 6
    #: where it went wrong before
    last_time: str = ""
    this_time: str = ""


def hear(
    initiative: Initiative,
    lines: Sequence[Heard],
    groups: Groups,
    *,
    weeks: Sequence[int],
    calendar: Calendar,
) -> Register:
    """Record every line and review it; `weeks` are those of the reviews, counted back from today.

    Returns the sources by key; those who were judged are assessed.
    """
    return {
        line.key: _record(initiative, line, groups, _review_days(line, weeks, calendar), calendar)
        for line in lines
    }


def _review_days(line: Heard, weeks: Sequence[int], calendar: Calendar) -> list[int]:
    """How many days ago the reviews of `line` were: the last of `weeks`."""
    return [7 * each for each in weeks[len(weeks) - len(line.levels) :]]


def _record(
    initiative: Initiative, line: Heard, groups: Groups, days: list[int], calendar: Calendar
) -> ResistanceSource:
    noted = calendar.past(days[0] + 3 if days else 6)
    source = record_resistance(
        initiative=initiative,
        source_type=SourceType.objects.get(slug=line.kind),
        statement=line.statement,
        audiences=[groups[name] for name in line.groups],
        last_time=line.last_time,
        this_time=line.this_time,
        owner=person(line.owner),
        target_level=line.target,
        review_on=None if line.look_again is None else calendar.day(line.look_again),
        **by(line.owner, calendar.moment(noted)),
    )
    for number, (days_ago, level) in enumerate(zip(days, line.levels, strict=True)):
        day = calendar.past(days_ago)
        context = by(line.owner, calendar.moment(day))
        note = line.notes.get(number, "")
        review_resistance(source, level=level, reviewed_on=day, note=note, **context)
    if line.state not in SHORT:
        _move(source, "assessed", calendar.moment(calendar.past(days[0])))
    return source


def _move(source: ResistanceSource, to: str, now: Any, **values: Any) -> None:
    move_resistance(source, to=to, **by("priya", now + timedelta(hours=1)), **values)


def take_up(lines: Sequence[Heard], register: Register, calendar: Calendar) -> None:
    """Once actions are planned, say that the work on them has begun."""
    for line in lines:
        if line.state in WAY[1:]:
            _move(register[line.key], "mitigating", calendar.moment(calendar.past(55)))


def settle(lines: Sequence[Heard], register: Register, calendar: Calendar) -> None:
    """Once actions have ended, bring every source to where it is today."""
    now = calendar.moment(calendar.past(7))
    for line in lines:
        source = register[line.key]
        if line.state in WAY[2:]:
            for state in WAY[2 : WAY.index(line.state) + 1]:
                _move(source, state, now)
        elif line.state == "dismissed":
            _move(source, "dismissed", now, reason=line.reason)
        elif line.state == "accepted":
            tom = person("tom")
            _move(source, "accepted", now, reason=line.reason, approver=tom)
