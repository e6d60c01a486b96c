"""Who reports to whom, out of a roster that is not always right about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.services.graphs import cycles
from change_tracker.people.services.sync.roster import Roster

#: Somebody's manager, both by key.
Managers = Mapping[str, str | None]


def plan_managers(roster: Roster, stored: Managers) -> tuple[Sequence[str | None], list[Problem]]:
    """The manager of each person in the roster, and what had to be left out.

    `stored` has everybody who is known with their manager. A manager is named by external_id
    only: names are shared, and a wrong one would show a team to a stranger.
    """
    if "manager" not in roster.said:
        return (), []
    found = [key or None for key in roster.said["manager"]]
    problems = list(_unusable(roster, stored, found))
    moved = [
        key
        for key, manager in zip(roster.keys, found, strict=True)
        if manager is not None and manager != stored.get(key)
    ]
    # What is stored has no loop, so that one begins with somebody who gets another manager.
    if moved:
        problems += _clear_cycles(roster, found, stored, moved)
    return found, problems


def _unusable(roster: Roster, stored: Managers, found: list[str | None]) -> Iterator[Problem]:
    """What is said of managers who are nobody; they are left out of `found`."""
    keys = set(roster.keys)
    unknown = {key for key in {*found} if key and key not in stored and key not in keys}
    for place, (key, manager) in enumerate(zip(roster.keys, found, strict=True)):
        if manager in unknown:
            reason = _("There is nobody with the key “%(key)s”; left empty.") % {"key": manager}
        elif manager == key:
            reason = _("Nobody is their own manager; left empty.")
        else:
            continue
        found[place] = None
        yield Problem(roster.numbers[place], "manager", reason)


def _clear_cycles(
    roster: Roster, found: list[str | None], stored: Managers, moved: Iterable[str]
) -> Iterator[Problem]:
    above = {**stored, **dict(zip(roster.keys, found, strict=True))}
    loops = cycles(above, moved)
    places = {key: place for place, key in enumerate(roster.keys)} if loops else {}
    for loop in loops:
        there = sorted(places[each] for each in loop if each in places)
        numbers = [roster.numbers[place] for place in there]
        reason = _("They report to each other: %(ids)s (rows %(rows)s); left empty.") % {
            "ids": ", ".join(loop),
            "rows": ", ".join(map(str, numbers)),
        }
        yield Problem(numbers[0] if numbers else None, "manager", reason)
        for place in there:
            found[place] = None
