"""Comparing a roster with the people as stored: the change list, before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.models import Absence, Audience, Person
from change_tracker.people.models.absences import Days
from change_tracker.people.points import SYNC_CONSEQUENCES, PeopleChange
from change_tracker.people.services.absences import first_kept
from change_tracker.people.services.sync.emptied import Emptied, emptied_units
from change_tracker.people.services.sync.logins import link_users
from change_tracker.people.services.sync.managers import plan_managers
from change_tracker.people.services.sync.plans import (
    Kind,
    PeoplePlan,
    PersonChange,
    digest_of,
    people_change,
)
from change_tracker.people.services.sync.roster import FIELD_OF, PersonRecord, Roster
from change_tracker.people.services.sync.units import plan_units

#: Every field of a change, with the path to it from a stored person.
PATH_OF = {field: field for field in FIELD_OF.values()} | {
    "unit": "unit__external_id",
    "manager": "manager__external_id",
    "user": "user_id",
}
DATES = ("starts_on", "ends_on")
NOBODY: dict[str, Any] = dict.fromkeys(FIELD_OF.values(), "") | dict.fromkeys(
    (*DATES, "unit", "manager", "user")
)
#: Days away that the roster has told of: pairs of the first and the last.
NOBODY["absences"] = ()


@dataclass(frozen=True, slots=True)
class _Stored:
    pk: int
    version: int
    values: dict[str, Any]


def plan_people(roster: Roster, *, full: bool, today: date) -> PeoplePlan:
    """What applying `roster` would do today; reads only.

    People are matched by external_id alone. A column that the source has says all about its
    field, also when the cell is empty; a column that it lacks says nothing. With `full`,
    whoever is absent has left. About ten queries, whatever the number of people.
    """
    stored = _stored_people()
    problems = list(roster.problems)
    units, unit_keys, unit_problems = plan_units(roster)
    managers, manager_problems = plan_managers(
        roster, {key: each.values["manager"] for key, each in stored.items()}
    )
    targets = {key: dict(each.values) for key, each in stored.items()}
    for record in roster.records:
        before = stored.get(record.external_id)
        values = _target(record, before, unit_keys, managers, today)
        problems += _problems_of(record, values, before)
        targets[record.external_id] = values
    if full:
        _end_absent(roster, targets, today)
    here = {key for key in targets if not _has_left(targets[key], today)}
    problems += unit_problems + manager_problems + link_users(roster, targets, here)
    changes = tuple(_changes(roster, stored, targets, today))
    emptied = emptied_units(_present(stored, today), targets, here=here)
    consequences, spoken = _consequences(people_change(changes, today), emptied)
    return PeoplePlan(
        roster=roster,
        full=full,
        today=today,
        units=units,
        changes=changes,
        unchanged=len(roster.records) - len({each.row for each in changes if each.row}),
        problems=tuple(sorted(problems, key=lambda each: (each.row or 0, not each.is_error))),
        consequences=tuple(spoken),
        digest=digest_of(
            [full, today, units.new, units.renamed, units.parents, consequences],
            *_facts(changes),
        ),
    )


def _facts(changes: Sequence[PersonChange]) -> tuple[list[Any], list[Any]]:
    """What the digest is made from beside the plan itself; one query."""
    return (
        [[each.kind, each.external_id, each.version, each.values] for each in changes],
        list(Audience.objects.order_by("pk").values_list("pk", "version")),
    )


def _present(stored: Mapping[str, _Stored], today: date) -> dict[str, dict[str, Any]]:
    """The values of those who work here, by key."""
    return {key: each.values for key, each in stored.items() if not _has_left(each.values, today)}


def _stored_people() -> dict[str, _Stored]:
    rows = Person.objects.order_by("pk").values_list(
        "external_id", "pk", "version", *PATH_OF.values()
    )
    away = _stored_absences()
    return {
        external_id: _Stored(
            pk,
            version,
            dict(zip(PATH_OF, values, strict=True)) | {"absences": away.get(pk, ())},
        )
        for external_id, pk, version, *values in rows
    }


def _stored_absences() -> dict[int, tuple[Days, ...]]:
    rows = Absence.objects.filter(source=Absence.Source.ROSTER).order_by("from_on", "pk")
    found: dict[int, tuple[Days, ...]] = {}
    for person_id, *days in rows.values_list("person", "from_on", "to_on"):
        found[person_id] = (*found.get(person_id, ()), (days[0], days[1]))
    return found


def _target(
    record: PersonRecord,
    before: _Stored | None,
    unit_keys: Mapping[str, str],
    managers: Mapping[str, str | None],
    today: date,
) -> dict[str, Any]:
    """The person as the record wants them to be; what it is silent about stays."""
    values = dict(before.values if before else NOBODY)
    said = record.said
    values.update({field: said[column] for column, field in FIELD_OF.items() if column in said})
    if not values["display_name"]:
        values["display_name"] = before.values["display_name"] if before else record.external_id
    if "unit" in said or "unit_id" in said:
        values["unit"] = unit_keys.get(record.unit)
    if record.external_id in managers:
        values["manager"] = managers[record.external_id]
    if {"absent_from", "absent_to"} <= said.keys():
        values["absences"] = tuple(_absences(said["absent_from"], said["absent_to"], today))
    if "ends_on" not in said and _has_left(values, today):
        # Back in the roster: whoever had left works here again.
        values["ends_on"] = None
    return values


def _absences(first: date | None, last: date | None, today: date) -> Iterator[Days]:
    """The days away that a record tells of; what is long over is not taken in again."""
    if first is not None and last is not None and last >= first_kept(today):
        yield first, last


def _problems_of(
    record: PersonRecord, values: Mapping[str, Any], before: _Stored | None
) -> Iterator[Problem]:
    if not record.said.get("name"):
        reason = _("It is empty; “%(name)s” is used.") % {"name": values["display_name"]}
        yield Problem(record.row, "name", reason)
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    both_said = record.said.get("starts_on") and record.said.get("ends_on")
    if before and not both_said and starts_on and ends_on and ends_on < starts_on:
        reason = _("The last day would be before the first: %(starts_on)s, %(ends_on)s.") % {
            "starts_on": starts_on,
            "ends_on": ends_on,
        }
        yield Problem(record.row, "ends_on", reason, is_error=True)


def _has_left(values: Mapping[str, Any], today: date) -> bool:
    return values["ends_on"] is not None and values["ends_on"] < today


def _end_absent(roster: Roster, targets: dict[str, dict[str, Any]], today: date) -> None:
    """Whoever is not in the roster worked here until yesterday, or never began."""
    present = {record.external_id for record in roster.records}
    yesterday = today - timedelta(days=1)
    for key, values in targets.items():
        if key not in present and not _has_left(values, today):
            values["ends_on"] = yesterday
            if values["starts_on"] is not None and values["starts_on"] > yesterday:
                values["starts_on"] = None


def _changes(
    roster: Roster,
    stored: Mapping[str, _Stored],
    targets: Mapping[str, dict[str, Any]],
    today: date,
) -> Iterator[PersonChange]:
    rows = {record.external_id: record.row for record in roster.records}
    absent = (key for key in stored if key not in rows)
    for key in (*rows, *absent):
        before, values = stored.get(key), targets[key]
        old = before.values if before else None
        kind = _kind(old, values, today)
        if kind != Kind.UNCHANGED:
            yield PersonChange(
                kind=kind,
                external_id=key,
                values=values,
                changed=tuple(name for name in values if old is None or values[name] != old[name]),
                pk=before.pk if before else None,
                version=before.version if before else 0,
                row=rows.get(key),
                unit_before=old["unit"] if old else None,
            )


def _kind(before: Mapping[str, Any] | None, after: Mapping[str, Any], today: date) -> Kind:
    if before is None:
        return Kind.JOINER
    if before == after:
        return Kind.UNCHANGED
    had_left, has_left = _has_left(before, today), _has_left(after, today)
    if had_left and not has_left:
        return Kind.JOINER
    if has_left and not had_left:
        return Kind.LEAVER
    moved = before["unit"] != after["unit"] and not has_left
    return Kind.MOVER if moved else Kind.CHANGED


def _consequences(change: PeopleChange, emptied: Sequence[Emptied]) -> tuple[list[str], list[str]]:
    """What follows beyond people: in the site's language for the digest, and in the caller's."""
    with override(settings.LANGUAGE_CODE):
        plain = _ask(change, emptied)
    if get_language() in {None, settings.LANGUAGE_CODE}:
        return plain, plain
    return plain, _ask(change, emptied)


def _ask(change: PeopleChange, emptied: Sequence[Emptied]) -> list[str]:
    lines = [each.in_words() for each in emptied]
    if change.leavers or change.movers:
        lines += [str(line) for each in SYNC_CONSEQUENCES for line in each.preview(change)]
    return lines
