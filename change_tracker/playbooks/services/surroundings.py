"""What the lines of a playbook are seen against: the initiative, and what is there already."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from change_tracker.core.conf import get_conf
from change_tracker.core.together import Part, read_together
from change_tracker.core.workdays import Calendar
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import Holiday
from change_tracker.playbooks.models import Playbook, PlaybookAction
from change_tracker.playbooks.rules import Dated, dated, follows
from change_tracker.resistance.models import ResistanceSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What lines are seen against: when it goes live, the days on which people work, the oldest
    open entry of each kind of resistance, the units that lines and actions name, and the entries
    that actions answer, with their kinds.
    """

    playbook: Playbook
    go_live_on: date | None
    today: date
    calendar: Calendar
    sources: dict[int, int]
    units_of_lines: dict[int, frozenset[int]]
    units_of_actions: dict[int, frozenset[int]]
    answered_by: dict[int, dict[int, int]]

    def on(self, days: int | None, now: date | None = None) -> Dated:
        """The date so many days from go-live; what is late by `now` stays late."""
        due = dated(self.go_live_on, days, self.today, self.calendar)
        return due if now is None or follows(now, due, self.today) else Dated(now, now)


def around_of(playbook: Playbook, initiative: Initiative, today: date) -> Around:
    """All of it in one query."""
    days, entries, lines, actions, answered = read_together(
        Part(Holiday.objects.all(), ("day",), make=lambda day: day),
        _told(ResistanceSource.objects.filter(initiative=initiative).open(), "id", "type_id"),
        _told(
            _table(PlaybookAction.units).filter(playbookaction__playbook=playbook),
            *("playbookaction_id", "orgunit_id"),
        ),
        _told(
            _table(MitigationAction.units).filter(mitigationaction__initiative=initiative),
            *("mitigationaction_id", "orgunit_id"),
        ),
        _told(
            _table(MitigationAction.sources).filter(mitigationaction__initiative=initiative),
            *("mitigationaction_id", "resistancesource_id", "resistancesource__type_id"),
        ),
    )
    answered_by: dict[int, dict[int, int]] = defaultdict(dict)
    for action, source, type_ in answered:
        answered_by[action][source] = type_
    return Around(
        playbook=playbook,
        go_live_on=initiative.go_live_on,
        today=today,
        calendar=Calendar(tuple(get_conf().working_days), tuple(days)),
        sources={type_: pk for pk, type_ in sorted(entries, reverse=True)},
        units_of_lines=gathered(lines),
        units_of_actions=gathered(actions),
        answered_by=answered_by,
    )


def _table(sets: Any) -> Any:
    return sets.through.objects


def _told(rows: Any, *fields: str) -> Part:
    """The values of these fields of each row."""
    return Part(rows, fields, make=lambda **said: tuple(said[name] for name in fields))


def gathered(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """The second of each pair, by the first."""
    found: dict[int, set[int]] = defaultdict(set)
    for row, unit in pairs:
        found[row].add(unit)
    return {row: frozenset(units) for row, units in found.items()}
