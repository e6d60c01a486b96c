"""Who reports to whom, out of a roster that is not always right about it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.services.graphs import cycles
from change_tracker.people.services.sync.roster import Roster


def plan_managers(
    roster: Roster, stored: Mapping[str, str | None]
) -> tuple[dict[str, str | None], list[Problem]]:
    """The manager of each person in the roster, and what had to be left out.

    `stored` has everybody who is known with their manager. A manager is named by external_id
    only: names are shared, and a wrong one would show a team to a stranger.
    """
    if "manager" not in roster.columns:
        return {}, []
    known = stored.keys() | {record.external_id for record in roster.records}
    problems: list[Problem] = []
    found: dict[str, str | None] = {}
    for record in roster.records:
        named = record.said["manager"] or None
        if named is not None and named not in known:
            reason = _("There is nobody with the key “%(key)s”; left empty.") % {"key": named}
            problems.append(Problem(record.row, "manager", reason))
            named = None
        elif named == record.external_id:
            reason = _("Nobody is their own manager; left empty.")
            problems.append(Problem(record.row, "manager", reason))
            named = None
        found[record.external_id] = named
    problems += _clear_cycles(roster, found, stored)
    return found, problems


def _clear_cycles(
    roster: Roster, found: dict[str, str | None], stored: Mapping[str, str | None]
) -> list[Problem]:
    above = {**stored, **found}
    rows = {record.external_id: record.row for record in roster.records}
    problems = []
    for loop in cycles(above):
        numbers = sorted(rows[each] for each in loop if each in rows)
        reason = _("They report to each other: %(ids)s (rows %(rows)s); left empty.") % {
            "ids": ", ".join(loop),
            "rows": ", ".join(map(str, numbers)),
        }
        problems.append(Problem(numbers[0] if numbers else None, "manager", reason))
        found.update({each: None for each in loop if each in rows})
    return problems
