"""What an initiative says now, in the columns of its spreadsheet, and what its rows are called.

A dozen queries for any number of rows.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.tables import said, tidy, tidy_lines
from change_tracker.core.tables.xlsx_parts import LONGEST
from change_tracker.core.together import Part as Together
from change_tracker.core.together import read_together
from change_tracker.initiatives.models import AffectedGroup, Initiative
from change_tracker.initiatives.services import people_to_assign
from change_tracker.people.models import Audience, OrgUnit, Person
from change_tracker.resistance.models import ResistanceReview, SourceType, StrategyType
from change_tracker.resistance.queries import people_of
from change_tracker.spreadsheets.columns import Sheet
from change_tracker.spreadsheets.names import Names
from change_tracker.spreadsheets.sheets import ACTIONS, RESISTANCE, SHEETS

#: Columns that hold several rows, of which an initiative has a table of its own.
SETS = ("audiences", "sources", "units")
REVIEW = ("level", "reviewed_on", "note")


class Groups(Names[str]):
    """Groups by name: those that the initiative touches first, then all others, then units, of
    which a group is made.
    """

    def __init__(self, touched: Names[str], others: Names[str], units: Names[str]) -> None:
        super().__init__(())
        self._in_order = (touched, others, units)

    def find(self, text: str) -> str:
        """As `Names` does, among the first that have it."""
        for names in self._in_order:
            if names.all_called(text):
                return names.find(text)
        return self._in_order[0].find(text)

    def all_called(self, text: str) -> dict[str, str]:
        """As `Names` does, among the first that have it."""
        return next((found for each in self._in_order if (found := each.all_called(text))), {})

    def say(self, key: str | None) -> str:
        """Its name, where `find` reads it so."""
        if key is None:
            return ""
        said = next((each.say(key) for each in self._in_order if each.say(key)), "")
        return said if said and self.find(said) == key else f"#{key}"


@dataclass(kw_only=True)
class Lookups:
    """What the words in cells mean. Keys of groups are texts: `12`, or `unit:3` of one to make."""

    today: date
    audiences: Groups
    kinds: Names[int]
    strategies: Names[int]
    people: Names[int]
    units: Names[int]
    #: entries of the register: by their key, or by what is heard where the file adds them
    entries: Names[Any]
    kind_of_strategy: Mapping[int, str] = field(default_factory=dict)
    stage_of_kind: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Stored:
    """A row, and what it says in each column."""

    row: Any
    values: dict[str, Any]
    #: of a resistance: the days and levels of its reviews
    reviews: set[tuple[date, int]] = field(default_factory=set)


def stored_in(
    initiative: Initiative, user: User | None, *, held: bool = False
) -> dict[str, dict[int, Stored]]:
    """By sheet and key, every row of `initiative` that `user` may read; None reads all.

    `held` keeps them from being changed until the transaction ends.
    """
    found = {sheet.key: _rows_of(sheet, initiative, user, held=held) for sheet in SHEETS}
    _add_reviews(found[RESISTANCE.key], initiative)
    return found


def lookups_for(
    initiative: Initiative,
    user: User | None,
    stored: Mapping[str, Mapping[int, Stored]],
    today: date,
) -> Lookups:
    """What `user` calls things in `initiative`."""
    strategies = list(_seen(StrategyType, user).order_by("label", "pk"))
    kinds = list(_seen(SourceType, user).order_by("category", "pk"))
    units = list(_units(user, stored).order_by("pk").values_list("pk", "name", "external_id"))
    return Lookups(
        today=today,
        audiences=_groups(initiative, user, units),
        units=Names(units, _("There is no unit “%(text)s”.")),
        kinds=_catalogue(kinds, _("“%(text)s” is no kind of resistance of the catalogue.")),
        strategies=_catalogue(strategies, _("“%(text)s” is no strategy of the catalogue.")),
        people=_people(initiative, user, stored),
        entries=Names(
            [
                (key, each.values["statement"], f"#{key}")
                for key, each in stored[RESISTANCE.key].items()
            ],
            _("“%(text)s” is neither in the register nor in this file."),
        ),
        kind_of_strategy={each.pk: each.action_kind for each in strategies},
        stage_of_kind={each.pk: each.readiness_stage for each in kinds},
    )


def _seen(model: Any, user: User | None) -> Any:
    return model.objects.all() if user is None else model.objects.visible_to(user)


def _rows_of(
    sheet: Sheet, initiative: Initiative, user: User | None, *, held: bool
) -> dict[int, Stored]:
    rows = _seen(sheet.model, user).filter(initiative=initiative).order_by("pk")
    listed = list(rows.select_for_update() if held else rows)
    sets = _sets_of(sheet, initiative)
    return {row.pk: Stored(row=row, values=_values(sheet, row, sets)) for row in listed}


def _values(sheet: Sheet, row: Any, sets: Mapping[str, Mapping[int, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {"number": f"#{row.pk}"}
    for name in sheet.names:
        if name in sets:
            values[name] = sets[name].get(row.pk, frozenset())
        elif name not in ("number", *REVIEW):
            values[name] = getattr(row, row._meta.get_field(name).attname)
    if "audience" in values:
        values["audience"] = str(values["audience"])
    return values


def _sets_of(sheet: Sheet, initiative: Initiative) -> dict[str, dict[int, frozenset[Any]]]:
    """For each table that rows of the sheet have: by row what stands in it. One query, or none."""
    names = [name for name in SETS if name in sheet.names]
    parts = [_pairs_of(sheet, name, initiative) for name in names]
    found = read_together(*parts) if parts else []
    return {name: _by_row(name, pairs) for name, pairs in zip(names, found, strict=True)}


def _pairs_of(sheet: Sheet, name: str, initiative: Initiative) -> Together:
    many: Any = sheet.model._meta.get_field(name)
    of, to = many.m2m_field_name(), many.m2m_reverse_field_name()
    rows = many.remote_field.through._default_manager.filter(**{f"{of}__initiative": initiative})
    return Together(rows, (f"{of}_id", f"{to}_id"), make=lambda **pair: tuple(pair.values()))


def _by_row(name: str, pairs: list[tuple[int, int]]) -> dict[int, frozenset[Any]]:
    found = defaultdict(set)
    for key, other in pairs:
        found[key].add(str(other) if name == "audiences" else other)
    return {key: frozenset(some) for key, some in found.items()}


def _add_reviews(entries: Mapping[int, Stored], initiative: Initiative) -> None:
    rows = ResistanceReview.objects.filter(source__initiative=initiative)
    for each in entries.values():
        each.values |= {"level": None, "reviewed_on": None, "note": ""}
    facts = rows.order_by("reviewed_on", "pk").values_list("source", "level", "reviewed_on", "note")
    for source, level, day, note in facts:
        if source in entries:
            entries[source].reviews.add((day, level))
            entries[source].values |= {"level": level, "reviewed_on": day, "note": note}


def _units(user: User | None, stored: Mapping[str, Mapping[int, Stored]]) -> Any:
    """Those that `user` sees, and those that an action names already."""
    named = {unit for each in stored[ACTIONS.key].values() for unit in each.values["units"]}
    seen = _seen(OrgUnit, user)
    return OrgUnit.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=named))


def _groups(initiative: Initiative, user: User | None, units: list[tuple[int, str, str]]) -> Groups:
    touched = AffectedGroup.objects.filter(initiative=initiative).values("audience")
    known = Audience.objects.all() if user is None else Audience.objects.choosable_by(user)
    unknown = _(
        "There is no group “%(text)s”, and no unit of which one could be made. Add it on the "
        "set-up page first."
    )
    mine, others = (
        [(str(pk), name, f"#{pk}") for pk, name in rows.values_list("pk", "name")]
        for rows in (
            Audience.objects.filter(pk__in=touched),
            known.exclude(pk__in=touched).order_by("pk"),
        )
    )
    return Groups(
        Names(mine, unknown),
        Names(others),
        Names([(f"unit:{pk}", name, code) for pk, name, code in units]),
    )


def _catalogue(rows: Any, unknown: Any) -> Names[int]:
    return Names([(each.pk, each.label, each.slug) for each in rows], unknown)


def _people(
    initiative: Initiative, user: User | None, stored: Mapping[str, Mapping[int, Stored]]
) -> Names[int]:
    owning = {
        each.values["owner"]
        for key in (RESISTANCE.key, ACTIONS.key)
        for each in stored[key].values()
    }
    among = Person.objects.all() if user is None else people_to_assign(user)
    rows = people_of(initiative, among) | Person.objects.filter(pk__in=owning - {None})
    return Names(
        list(
            rows.distinct()
            .order_by("display_name", "pk")
            .values_list("pk", "display_name", "external_id")
        ),
        _("“%(text)s” has no part in this initiative. Name them on the set-up page first."),
    )


def same(before: Any, after: Any) -> bool:
    """Whether a cell says what is there, however its white space runs, as far as it has room."""
    if isinstance(before, str) and isinstance(after, str):
        shown = before[:LONGEST]
        return after in {said(tidy(shown)), said(tidy_lines(shown))}
    return bool(before == after)
