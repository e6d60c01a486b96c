"""What a sync would do, before it does it."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from change_tracker.core.tables import Problem
from change_tracker.people.points import PeopleChange
from change_tracker.people.services.sync.roster import Roster


class Kind(StrEnum):
    """What becomes of a person; the first that applies."""

    JOINER = "joiner"  # new, or back after having left
    LEAVER = "leaver"
    MOVER = "mover"  # to another unit
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """One person as they will be.

    `values` holds every field, `changed` the names of those that differ from the stored row.
    References are keys of the roster: `unit` the external_id of the unit, `manager` that of the
    person; `user` is a primary key. `pk` is None for somebody new.
    """

    kind: Kind
    external_id: str
    values: dict[str, Any]
    changed: tuple[str, ...]
    pk: int | None = None
    version: int = 0
    row: int | None = None
    unit_before: str | None = None

    @property
    def name(self) -> str:
        """The name as it will be."""
        return str(self.values["display_name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlan:
    """Units that are new or renamed (key -> name), and whose parent changes (key -> key of it)."""

    new: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePlan:
    """The change list of one sync, with everything that is to be told about it.

    `consequences` are sentences on what happens beyond people. `digest` is equal for equal
    change lists on equal data.
    """

    roster: Roster
    full: bool
    today: date
    units: UnitPlan
    changes: tuple[PersonChange, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    consequences: tuple[str, ...]
    digest: str

    @property
    def errors(self) -> list[Problem]:
        """What must be mended in the source before anything is applied."""
        return [each for each in self.problems if each.is_error]

    @property
    def warnings(self) -> list[Problem]:
        """What is left out or repaired."""
        return [each for each in self.problems if not each.is_error]

    def of(self, kind: Kind) -> list[PersonChange]:
        """The changes of one kind, in the order of the source."""
        return [each for each in self.changes if each.kind == kind]

    @property
    def affected(self) -> int:
        """How many people leave or move: what the brake looks at."""
        return sum(each.kind in {Kind.LEAVER, Kind.MOVER} for each in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind, of new units, and of problems."""
        found = Counter(each.kind for each in self.changes)
        return {
            "joiners": found[Kind.JOINER],
            "movers": found[Kind.MOVER],
            "leavers": found[Kind.LEAVER],
            "changed": found[Kind.CHANGED],
            "unchanged": self.unchanged,
            "new_units": len(self.units.new),
            "renamed_units": len(self.units.renamed),
            "warnings": len(self.warnings),
            "errors": len(self.errors),
        }

    @property
    def people_change(self) -> PeopleChange:
        """What slices further right are told of people already known."""
        return people_change(self.changes, self.today)


def people_change(changes: Iterable[PersonChange], today: date) -> PeopleChange:
    """The ids of those who leave, move, come back or get another manager."""
    known = [(each, each.pk) for each in changes if each.pk is not None]

    def of(kind: Kind) -> list[int]:
        return [pk for each, pk in known if each.kind == kind]

    handed_on = [
        (pk, each.values["manager"])
        for each, pk in known
        if each.kind in {Kind.MOVER, Kind.CHANGED} and "manager" in each.changed
    ]
    return PeopleChange(
        today=today,
        leavers=of(Kind.LEAVER),
        movers=of(Kind.MOVER),
        returners=of(Kind.JOINER),
        reassigned=[pk for pk, manager in handed_on if manager is not None],
        unmanaged=[pk for pk, manager in handed_on if manager is None],
    )


def digest_of(*parts: Any) -> str:
    """A fingerprint of plain data; the order of dicts does not count, that of lists does."""
    text = json.dumps(parts, default=str, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
