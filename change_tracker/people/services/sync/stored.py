"""People as they are stored: rows as the database gives them, and values of those one asks for."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection

from change_tracker.people.models import Absence, OrgUnit, Person
from change_tracker.people.models.absences import Days
from change_tracker.people.services.sync.checks import FIELD_OF

#: A person by the names of fields; `unit` and `manager` are keys, `user` is a primary key,
#: `absences` are the days away that a roster told of: pairs of the first and the last.
Values = dict[str, Any]
Row = tuple[Any, ...]
#: Of each unit the id, the key, the name and the id of its parent; the oldest first.
StoredUnits = Sequence[tuple[int, str, str, int | None]]

PLAIN = tuple(FIELD_OF.values())
COLUMNS = ("external_id", "pk", "version", "user_id", "unit_id", "manager_id", *PLAIN)
KEY, PK, VERSION, USER, UNIT, MANAGER = range(len(COLUMNS) - len(PLAIN))
PLACES = {name: place for place, name in enumerate(COLUMNS)}
EMAIL, STARTS_ON, ENDS_ON = (PLACES[name] for name in ("email", "starts_on", "ends_on"))
#: Somebody of whom nothing is known.
NOBODY: Values = dict.fromkeys(PLAIN, "") | dict.fromkeys(
    ("starts_on", "ends_on", "unit", "manager", "user")
)
NOBODY["absences"] = ()


class StoredPeople:
    """Everybody and every unit, read once.

    With `hold`, nobody else changes them until the end of the transaction: units first, which
    every sync holds before it looks at people, so that the second of two sees what the first did.
    What only refers to them may be written meanwhile, where the database can tell the two apart:
    whoever gives people a plan holds it, and a sync that holds people may be waiting for it.
    """

    def __init__(self, *, hold: bool) -> None:
        people = Person.objects.order_by("pk")
        if hold:
            no_key = connection.features.has_select_for_no_key_update
            units = OrgUnit.objects.order_by("pk")
            list(units.select_for_update(no_key=no_key).values_list("pk"))
            people = people.select_for_update(no_key=no_key)
        self.rows: dict[str, Row] = {row[KEY]: row for row in people.values_list(*COLUMNS)}
        # After people, so that the units of all of them are there.
        self.units: StoredUnits = list(
            OrgUnit.objects.order_by("pk").values_list("pk", "external_id", "name", "parent")
        )
        self.unit_keys = {pk: key for pk, key, _name, _parent in self.units}
        self.away = _absences()

    @cached_property
    def managers(self) -> dict[str, str | None]:
        """Everybody's manager, both by key."""
        keys = {row[PK]: key for key, row in self.rows.items()}
        return {key: keys.get(row[MANAGER]) for key, row in self.rows.items()}

    def values(self, key: str) -> Values:
        """A new dict of everything about one person."""
        row = self.rows[key]
        return {
            **dict(zip(PLAIN, row[-len(PLAIN) :], strict=True)),
            "unit": self.unit_keys.get(row[UNIT]),
            "manager": self.managers[key],
            "user": row[USER],
            "absences": self.away.get(row[PK], ()),
        }


class Outlook:
    """Everybody as they will be: as they are stored, but for those in `changed`."""

    def __init__(self, stored: StoredPeople, today: date) -> None:
        self.stored, self.today = stored, today
        self.changed: dict[str, Values] = {}

    def edit(self, key: str) -> Values:
        """The values of one person, to be changed."""
        if key not in self.changed:
            self.changed[key] = self.stored.values(key)
        return self.changed[key]

    def is_here(self, key: str) -> bool:
        """Whether somebody will not have left."""
        changed = self.changed.get(key)
        ends_on = changed["ends_on"] if changed else self.stored.rows[key][ENDS_ON]
        return ends_on is None or ends_on >= self.today

    def user(self, key: str) -> Any:
        """Somebody's login."""
        changed = self.changed.get(key)
        return changed["user"] if changed else self.stored.rows[key][USER]

    def unlinked(self, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Key and address of those of `keys` who will work here, and have the one and no login."""
        for key in keys:
            changed = self.changed.get(key)
            if changed is None:
                row = self.stored.rows[key]
                user, email, ends_on = row[USER], row[EMAIL], row[ENDS_ON]
            else:
                user, email, ends_on = changed["user"], changed["email"], changed["ends_on"]
            if user is None and email and (ends_on is None or ends_on >= self.today):
                yield key, email

    def users(self) -> dict[Any, str]:
        """Each login that somebody has, and whose it is."""
        kept = {row[USER]: row[KEY] for row in self._kept() if row[USER] is not None}
        changed = {
            values["user"]: key
            for key, values in self.changed.items()
            if values["user"] is not None
        }
        return kept | changed

    def emails(self) -> Iterator[str]:
        """The addresses of everybody, also of those who have left."""
        yield from (row[EMAIL] for row in self._kept())
        yield from (values["email"] for values in self.changed.values())

    def unit_now(self, key: str) -> str | None:
        """The key of the unit that somebody works in today."""
        row = self.stored.rows.get(key)
        return next(iter(self._units_of([row])), None) if row else None

    def units_now(self) -> set[str]:
        """The keys of units that somebody works in today."""
        return self._units_of(self.stored.rows.values())

    def units_then(self) -> set[str]:
        """The keys of units that somebody will work in."""
        here = {
            values["unit"] for values in self.changed.values() if not has_left(values, self.today)
        }
        return self._units_of(self._kept()) | (here - {None})

    def people_then(self, units: Collection[str]) -> Counter[str]:
        """How many people will work in each of `units`."""
        found = Counter[str | None]()
        if units:
            found.update(self.stored.unit_keys.get(row[UNIT]) for row in self._here(self._kept()))
            found.update(
                each["unit"] for each in self.changed.values() if not has_left(each, self.today)
            )
        return Counter({unit: found[unit] for unit in units})

    def _kept(self) -> Iterator[Row]:
        return (row for key, row in self.stored.rows.items() if key not in self.changed)

    def _here(self, rows: Iterable[Row]) -> Iterator[Row]:
        return (row for row in rows if row[ENDS_ON] is None or row[ENDS_ON] >= self.today)

    def _units_of(self, rows: Iterable[Row]) -> set[str]:
        units = {row[UNIT] for row in self._here(rows)}
        return {self.stored.unit_keys[unit] for unit in units if unit is not None}


def has_left(values: Values, today: date) -> bool:
    """Whether the last day has passed."""
    return values["ends_on"] is not None and values["ends_on"] < today


def _absences() -> dict[int, tuple[Days, ...]]:
    rows = Absence.objects.filter(source=Absence.Source.ROSTER).order_by("from_on", "pk")
    found: dict[int, tuple[Days, ...]] = {}
    for person_id, *days in rows.values_list("person", "from_on", "to_on"):
        found[person_id] = (*found.get(person_id, ()), (days[0], days[1]))
    return found
