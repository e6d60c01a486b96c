"""Units out of the names that a roster uses for them."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.services.graphs import cycles
from change_tracker.people.services.sync.plans import UnitPlan
from change_tracker.people.services.sync.roster import PersonRecord, Roster, UnitRecord
from change_tracker.people.services.sync.stored import StoredUnits


@dataclass(slots=True)
class _Tree:
    """The units as stored, and what the roster says about them on top of it."""

    keys: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    stated: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def key(self, name: str) -> str:
        """The key of the unit of that name, which is new if there is none."""
        plain = name.casefold()
        if plain not in self.keys:
            self.keys[plain] = plain
            self.new[plain] = name
        return self.keys[plain]


def plan_units(
    roster: Roster, stored: StoredUnits
) -> tuple[UnitPlan, dict[str, str], list[Problem]]:
    """The units to create and to move, the key of each name in the roster, and the problems.

    A unit that has a key in the source is found by it alone, and takes the name that the source
    gives. Any other is found by its external_id, else by its name, in any case; where two stored
    units share a name it is the older one. New ones without a key get the name in lower case.
    """
    tree = _tree(stored)
    for unit in roster.units:
        _take(tree, unit)
    keys = {name: tree.key(name) for name in sorted({*roster.unit_names} - {""})}
    _state_listed(tree, roster)
    if "unit_parent" in roster.said:
        _state_parents(tree, roster, keys)
    if tree.stated:
        _clear_cycles(tree)
    changed = {
        key: parent
        for key, (_row, parent) in tree.stated.items()
        if tree.parents.get(key) != parent
    }
    return UnitPlan(new=tree.new, renamed=tree.renamed, parents=changed), keys, tree.problems


def _take(tree: _Tree, unit: UnitRecord) -> None:
    """A unit with a key: new, renamed, or as it was."""
    plain = unit.key.casefold()
    name = unit.name or unit.key
    if plain not in tree.ids:
        tree.keys[plain] = tree.ids[plain] = unit.key
        tree.new[unit.key] = name
    elif unit.name and tree.names.get(tree.ids[plain]) != unit.name:
        tree.renamed[tree.ids[plain]] = unit.name
    tree.keys[plain] = tree.ids[plain]
    tree.keys.setdefault(name.casefold(), tree.ids[plain])


def _state_listed(tree: _Tree, roster: Roster) -> None:
    """What the source says of units beside its people; there a missing parent means the top."""
    for unit in roster.units:
        if unit.row is None:
            parent = tree.key(unit.parent) if unit.parent else None
            tree.stated[tree.ids[unit.key.casefold()]] = (0, parent)


def _tree(stored: StoredUnits) -> _Tree:
    tree = _Tree()
    ids: dict[int | None, str] = {pk: external_id for pk, external_id, _name, _parent in stored}
    for _pk, external_id, name, parent in stored:
        tree.parents[external_id], tree.names[external_id] = ids.get(parent), name
        tree.keys.setdefault(name.casefold(), external_id)
    tree.ids = {external_id.casefold(): external_id for external_id in tree.parents}
    tree.keys |= tree.ids
    return tree


def _state_parents(tree: _Tree, roster: Roster, keys: dict[str, str]) -> None:
    """A unit's parent is the first that a row names; if no row names one, it is at the top."""
    by_unit: dict[str, list[PersonRecord]] = defaultdict(list)
    for record in roster.first_records("unit_id", "unit", "unit_parent"):
        if record.unit:
            by_unit[keys[record.unit]].append(record)
    for place, name in enumerate(roster.unit_names if "" in roster.unit_names else ()):
        if not name and roster.said["unit_parent"][place]:
            reason = _("It stands beside no unit; not used.")
            tree.problems.append(Problem(roster.numbers[place], "unit_parent", reason))
    for key, records in by_unit.items():
        _state_parent(tree, key, records)


def _state_parent(tree: _Tree, key: str, records: list[PersonRecord]) -> None:
    named = [record for record in records if record.said["unit_parent"]]
    if not named:
        tree.stated[key] = (records[0].row, None)
        return
    parent: str | None = tree.key(named[0].said["unit_parent"])
    if parent == key:
        reason = _("“%(unit)s” cannot be part of itself; left at the top.")
        _warn(tree, named[0], reason)
        parent = None
    tree.stated[key] = (named[0].row, parent)
    for other in named[1:]:
        if tree.key(other.said["unit_parent"]) != tree.key(named[0].said["unit_parent"]):
            reason = _("“%(unit)s” is part of another unit in row %(first)s; that one is kept.")
            _warn(tree, other, reason, first=named[0].row)
            return


def _warn(tree: _Tree, record: PersonRecord, reason: str, **facts: int) -> None:
    text = reason % {"unit": record.said.get("unit") or record.unit, **facts}
    tree.problems.append(Problem(record.row, "unit_parent", text))


def _clear_cycles(tree: _Tree) -> None:
    above = tree.parents | {key: parent for key, (_row, parent) in tree.stated.items()}
    for loop in cycles(above):
        rows = sorted(tree.stated[key][0] for key in loop if key in tree.stated)
        reason = _(
            "These units are part of each other: %(units)s (rows %(rows)s); left at the top."
        )
        facts = {"units": ", ".join(loop), "rows": ", ".join(map(str, rows))}
        tree.problems.append(Problem(rows[0], "unit_parent", reason % facts))
        for key in loop:
            if key in tree.stated:
                tree.stated[key] = (tree.stated[key][0], None)
