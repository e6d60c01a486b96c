"""The rows of a roster that say something else than what is stored, and what they want.

Most mornings nearly every row says what is stored. That is seen column by column, without a look
at a row: only the others cost more than what a database needs for the same comparison.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import compress, count
from operator import itemgetter, ne
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem
from change_tracker.people.models.absences import Days
from change_tracker.people.services.absences import first_kept
from change_tracker.people.services.sync.checks import FIELD_OF
from change_tracker.people.services.sync.roster import PersonRecord, Roster
from change_tracker.people.services.sync.stored import (
    ENDS_ON,
    NOBODY,
    PK,
    PLACES,
    UNIT,
    Row,
    StoredPeople,
    Values,
    has_left,
)

#: The row of somebody who is not stored: it differs from whatever is said.
NOT_STORED: Row = (object(),) * len(PLACES)
ABSENCE = ("absent_from", "absent_to")


def differing(
    roster: Roster,
    stored: StoredPeople,
    unit_keys: Mapping[str, str],
    managers: Sequence[str | None],
) -> list[int]:
    """The places in `roster` of everybody who is to be looked at, in its order.

    `unit_keys` has the key of each unit by what the roster calls it, `managers` the key of each
    person's manager where the roster names managers. Everybody else stays as they are.
    """
    rows = [stored.rows.get(key, NOT_STORED) for key in roster.keys]
    found: set[int] = set()
    for said, now in _columns(roster, stored, rows, unit_keys, managers):
        if said != now:
            found.update(compress(count(), map(ne, said, now)))
    found.update(_in_any_case(roster, stored, rows))
    return sorted(found)


def _columns(
    roster: Roster,
    stored: StoredPeople,
    rows: Sequence[Row],
    unit_keys: Mapping[str, str],
    managers: Sequence[str | None],
) -> Iterator[tuple[list[Any], list[Any]]]:
    """What is said and what is stored, one column after the other."""
    for column, field in FIELD_OF.items():
        if column in roster.said:
            yield list(roster.said[column]), list(map(itemgetter(PLACES[field]), rows))
    if roster.speaks_of_units:
        keys: dict[Any, Any] = {**stored.unit_keys, None: None}
        said = [unit_keys.get(name) for name in roster.unit_names]
        yield said, [keys.get(row[UNIT], row) for row in rows]
    if "manager" in roster.said:
        yield list(managers), [stored.managers.get(key) for key in roster.keys]


def _in_any_case(roster: Roster, stored: StoredPeople, rows: Sequence[Row]) -> Iterator[int]:
    """Who may be back, and who is or was to be away: a comparison of columns does not see it."""
    if "ends_on" not in roster.said:
        yield from (place for place, row in enumerate(rows) if row[ENDS_ON] is not None)
    if roster.said.keys() >= {*ABSENCE}:
        days = zip(*(roster.said[column] for column in ABSENCE), rows, strict=True)
        for place, (first, last, row) in enumerate(days):
            if first is not None or last is not None or row[PK] in stored.away:
                yield place


def target(
    record: PersonRecord,
    before: Values | None,
    unit_keys: Mapping[str, str],
    manager: str | None,
    today: date,
) -> Values:
    """The person as the record wants them to be; what it is silent about stays."""
    values = dict(before or NOBODY)
    said = record.said
    values.update({field: said[column] for column, field in FIELD_OF.items() if column in said})
    if not values["display_name"]:
        values["display_name"] = before["display_name"] if before else record.external_id
    if "unit" in said or "unit_id" in said:
        values["unit"] = unit_keys.get(record.unit)
    if "manager" in said:
        values["manager"] = manager
    if said.keys() >= {*ABSENCE}:
        values["absences"] = tuple(_absences(said["absent_from"], said["absent_to"], today))
    if "ends_on" not in said and has_left(values, today):
        # Back in the roster: whoever had left works here again.
        values["ends_on"] = None
    return values


def _absences(first: date | None, last: date | None, today: date) -> Iterator[Days]:
    """The days away that a record tells of; what is long over is not taken in again."""
    if first is not None and last is not None and last >= first_kept(today):
        yield first, last


def problems_of(record: PersonRecord, values: Values, before: Values | None) -> Iterator[Problem]:
    """What is repaired about a name, and days that contradict what is stored."""
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
