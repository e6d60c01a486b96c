"""Comparing a roster with the people as stored: the change list, before anything is written."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from change_tracker.core.jobs.telling import Tell, keep_quiet, one_by_one
from change_tracker.core.tables import Problem
from change_tracker.people.models import Audience
from change_tracker.people.points import PeopleChange
from change_tracker.people.services.consequences import foreseen
from change_tracker.people.services.sync.comparing import differing, problems_of, target
from change_tracker.people.services.sync.logins import link_users
from change_tracker.people.services.sync.managers import plan_managers
from change_tracker.people.services.sync.plans import (
    Kind,
    PeoplePlan,
    PersonChange,
    UnitPlan,
    digest_of,
    people_change,
)
from change_tracker.people.services.sync.roster import Roster
from change_tracker.people.services.sync.stored import (
    PK,
    STARTS_ON,
    VERSION,
    Outlook,
    StoredPeople,
    Values,
    has_left,
)
from change_tracker.people.services.sync.unitchanges import UnitChange, unit_changes
from change_tracker.people.services.sync.units import plan_units


def plan_people(
    roster: Roster, *, full: bool, today: date, hold: bool = False, tell: Tell = keep_quiet
) -> PeoplePlan:
    """What applying `roster` would do today; reads only.

    People are matched by external_id alone. A column that the source has says all about its
    field, also when the cell is empty; a column that it lacks says nothing. With `full`,
    whoever is absent has left. With `hold`, nobody changes people or units until the end of the
    caller's transaction. About ten queries, whatever the number of people.
    """
    stored = StoredPeople(hold=hold)
    outlook = Outlook(stored, today)
    units, unit_keys, problems = plan_units(roster, stored.units)
    managers, manager_problems = plan_managers(roster, stored.managers)
    problems += manager_problems
    places = differing(roster, stored, unit_keys, managers)
    for place, record in zip(places, roster.records(one_by_one(places, tell)), strict=True):
        before = stored.values(key) if (key := record.external_id) in stored.rows else None
        values = target(record, before, unit_keys, managers[place] if managers else None, today)
        problems += problems_of(record, values, before)
        outlook.changed[key] = values
    if full:
        _end_absent(roster, outlook)
    problems += link_users(roster, outlook)
    changes = tuple(_changes(roster, outlook))
    consequences, spoken = _consequences(changes, outlook, units)
    return PeoplePlan(
        roster=roster,
        full=full,
        today=today,
        units=units,
        changes=changes,
        unchanged=len(roster) - sum(each.row is not None for each in changes),
        problems=_in_order((*roster.problems, *problems)),
        consequences=tuple(spoken),
        digest=digest_of(
            [full, today, units.new, units.renamed, units.parents, consequences],
            *_facts(changes),
        ),
    )


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """By row, errors first."""
    return tuple(sorted(problems, key=lambda each: (each.row or 0, not each.is_error)))


def _facts(changes: Sequence[PersonChange]) -> tuple[list[Any], list[Any]]:
    """What the digest is made from beside the plan itself; one query."""
    return (
        [[each.kind, each.external_id, each.version, [*each.values.values()]] for each in changes],
        list(Audience.objects.order_by("pk").values_list("pk", "version")),
    )


def _end_absent(roster: Roster, outlook: Outlook) -> None:
    """Whoever is not in the roster worked here until yesterday, or never began."""
    present = set(roster.keys)
    yesterday = outlook.today - timedelta(days=1)
    for key, row in outlook.stored.rows.items():
        if key not in present and outlook.is_here(key):
            values = outlook.edit(key)
            values["ends_on"] = yesterday
            if row[STARTS_ON] is not None and row[STARTS_ON] > yesterday:
                values["starts_on"] = None


def _changes(roster: Roster, outlook: Outlook) -> Iterator[PersonChange]:
    """In the order of the roster; after them those who are absent from it."""
    rows = dict(zip(roster.keys, roster.numbers, strict=True))
    absent = [key for key in outlook.changed if key not in rows]
    for key in (*sorted(outlook.changed.keys() - {*absent}, key=rows.__getitem__), *absent):
        change = _change(key, rows.get(key), outlook)
        if change.kind != Kind.UNCHANGED:
            yield change


def _change(key: str, row: int | None, outlook: Outlook) -> PersonChange:
    values, stored = outlook.changed[key], outlook.stored.rows.get(key)
    old = outlook.stored.values(key) if stored else None
    return PersonChange(
        kind=_kind(old, values, outlook.today),
        external_id=key,
        values=values,
        changed=tuple(name for name in values if old is None or values[name] != old[name]),
        pk=stored[PK] if stored else None,
        version=stored[VERSION] if stored else 0,
        row=row,
        unit_before=old["unit"] if old else None,
    )


def _kind(before: Values | None, after: Values, today: date) -> Kind:
    if before is None:
        return Kind.JOINER
    if before == after:
        return Kind.UNCHANGED
    was_gone, is_gone = has_left(before, today), has_left(after, today)
    if was_gone and not is_gone:
        return Kind.JOINER
    if is_gone and not was_gone:
        return Kind.LEAVER
    moved = before["unit"] != after["unit"] and not is_gone
    return Kind.MOVER if moved else Kind.CHANGED


def _consequences(
    changes: Sequence[PersonChange], outlook: Outlook, planned: UnitPlan
) -> tuple[list[str], list[str]]:
    """What follows beyond people: in the site's language for the digest, and in the caller's."""
    change, units = people_change(changes, outlook.today), unit_changes(outlook, planned)
    with override(settings.LANGUAGE_CODE):
        plain = _ask(change, units)
    if get_language() in {None, settings.LANGUAGE_CODE}:
        return plain, plain
    return plain, _ask(change, units)


def _ask(change: PeopleChange, units: Sequence[UnitChange]) -> list[str]:
    return [*(each.in_words() for each in units), *foreseen(change)]
