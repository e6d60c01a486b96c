"""Writing a change list, set by set; called within a transaction that holds the lock."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from change_tracker.core.jobs.telling import Tell, keep_quiet, one_by_one, within
from change_tracker.people.models import Absence, OrgUnit, Person
from change_tracker.people.services.bulk import can_copy, copy_rows, new_keys, overwrite
from change_tracker.people.services.reporting_lines import LINED, rebuild_reporting_lines
from change_tracker.people.services.sync.plans import PeoplePlan, PersonChange, UnitPlan
from change_tracker.people.services.sync.stored import PLAIN
from change_tracker.people.services.unit_paths import rebuild_unit_paths

BATCH = 1000
COLUMNS = ("id", "version", "external_id", "unit_id", "manager_id", "user_id", *PLAIN)
#: What the roster calls somebody or something -> the primary key.
Ids = dict[str, int]


def write_plan(plan: PeoplePlan, *, tell: Tell = keep_quiet) -> None:
    """Units, people, reporting lines: as `plan` has them."""
    units = _write_units(plan.units)
    if not plan.changes:
        return
    ids = dict(Person.objects.order_by().values_list("external_id", "pk"))
    known = [each for each in plan.changes if each.pk is not None]
    new = [each for each in plan.changes if each.pk is None]
    _free_users([each.pk for each in known if each.pk and "user" in each.changed])
    write_new = _copy_new if can_copy() else _write_new
    joined = 100 * len(new) // len(plan.changes)
    write_new(new, units, ids, within(tell, 0, joined))
    _write_changed(known, units, ids, within(tell, joined, 100))
    _write_absences([each for each in plan.changes if "absences" in each.changed], ids)
    redrawn = [ids[each.external_id] for each in plan.changes if not LINED.isdisjoint(each.changed)]
    if redrawn:
        most = len(redrawn) * 2 > len(plan.roster)
        rebuild_reporting_lines(today=plan.today, around=None if most else redrawn)


def _write_units(plan: UnitPlan) -> Ids:
    """Create, rename and move units; returns the id of each key."""
    OrgUnit.objects.bulk_create(
        (OrgUnit(external_id=key, name=name) for key, name in plan.new.items()),
        batch_size=BATCH,
    )
    units = {unit.external_id: unit for unit in OrgUnit.objects.order_by()}
    for key, parent in plan.parents.items():
        units[key].parent_id = units[parent].pk if parent is not None else None
        units[key].version += key not in plan.new
    for key, name in plan.renamed.items():
        units[key].name = name
        units[key].version += key not in plan.parents
    changed = [units[key] for key in {**plan.parents, **plan.renamed}]
    overwrite(OrgUnit, changed, ["name", "parent", "version"])
    if plan.new or plan.parents:
        rebuild_unit_paths()
    return {key: unit.pk for key, unit in units.items()}


def _copy_new(changes: list[PersonChange], units: Ids, ids: Ids, tell: Tell) -> None:
    """All at once: whoever refers to whom is checked when all of them are there."""
    if not changes:
        return
    keys = new_keys(Person, len(changes))
    ids.update(zip((each.external_id for each in changes), keys, strict=True))
    rows = (_columns(each, units, ids) for each in one_by_one(changes, tell))
    copy_rows(Person, COLUMNS, ([*row.values()] for row in rows))


def _write_new(changes: list[PersonChange], units: Ids, ids: Ids, tell: Tell) -> None:
    """Level by level, because a manager must have an id before their reports are written."""
    reports: dict[str | None, list[PersonChange]] = defaultdict(list)
    for change in changes:
        manager = change.values["manager"]
        reports[None if manager in ids else manager].append(change)
    level, done = reports.pop(None, []), 0
    while level:
        for start in range(0, len(level), BATCH):
            part = level[start : start + BATCH]
            rows = [Person(**_columns(each, units, ids)) for each in part]
            Person.objects.bulk_create(rows)
            ids.update((row.external_id, row.pk) for row in rows)
            done += len(part)
            tell(done, len(changes))
        level = [report for each in level for report in reports.pop(each.external_id, ())]


def _write_changed(changes: list[PersonChange], units: Ids, ids: Ids, tell: Tell) -> None:
    if not changes:
        return
    fields = {field for each in changes for field in each.changed} - {"absences"}
    rows = [Person(**_columns(each, units, ids)) for each in changes]
    overwrite(Person, rows, [*sorted(fields), "version"], tell=tell)


def _write_absences(changes: Sequence[PersonChange], ids: Ids) -> None:
    """The days away as the roster has them; what somebody typed stays."""
    told = [each for each in changes if each.pk is not None or each.values["absences"]]
    for start in range(0, len(told), BATCH):
        batch = {ids[each.external_id]: each.values["absences"] for each in told[start:][:BATCH]}
        Absence.objects.filter(person__in=batch, source=Absence.Source.ROSTER).delete()
        Absence.objects.bulk_create(
            Absence(person_id=person_id, from_on=first, to_on=last, source=Absence.Source.ROSTER)
            for person_id, days in batch.items()
            for first, last in days
        )


def _free_users(people: Sequence[int]) -> None:
    """A login that goes from one person to another is free before it is taken."""
    for start in range(0, len(people), BATCH):
        Person.objects.filter(pk__in=people[start : start + BATCH]).update(user=None)


def _columns(change: PersonChange, units: Ids, ids: Ids) -> dict[str, Any]:
    """The row of a person, by the names of COLUMNS and in their order."""
    values = change.values
    unit, manager = values["unit"], values["manager"]
    return {
        "id": change.pk or ids.get(change.external_id),
        "version": change.version + 1,
        "external_id": change.external_id,
        "unit_id": units[unit] if unit is not None else None,
        "manager_id": ids.get(manager) if manager is not None else None,
        "user_id": values["user"],
        **{name: values[name] for name in PLAIN},
    }
