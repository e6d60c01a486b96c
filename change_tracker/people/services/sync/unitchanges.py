"""What a sync means for units: those that lose everybody, as in a merger, and those renamed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Count
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.people.models import AudienceClause
from change_tracker.people.services.sync.plans import UnitPlan
from change_tracker.people.services.sync.stored import Outlook, has_left

#: More are a reorganisation, which nobody reads as a list.
MOST = 20


class UnitChange(Protocol):
    """Something that happens to a unit."""

    def in_words(self) -> str:
        """A sentence on what follows from it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """A unit that had people and has none; where they went, most first.

    `rules` are the lines of groups that ask for it by name.
    """

    name: str
    went_to: tuple[tuple[str, int], ...]
    rules: int

    def in_words(self) -> str:
        """Such as “Repairs North” has nobody any more: 12 people are in “Repairs”."""
        return " ".join(filter(None, [self._where_they_went(), self._what_asks_for_it()]))

    def _where_they_went(self) -> str:
        if not self.went_to:
            return _("“%(unit)s” has nobody any more.") % {"unit": self.name}
        places = [
            ngettext("%(n)s person is in “%(unit)s”", "%(n)s people are in “%(unit)s”", count)
            % {"n": count, "unit": unit}
            for unit, count in self.went_to
        ]
        return _("“%(unit)s” has nobody any more: %(places)s.") % {
            "unit": self.name,
            "places": get_text_list(places, _("and")),
        }

    def _what_asks_for_it(self) -> str:
        if not self.rules:
            return ""
        words = ngettext(
            "%(n)s group rule still asks for it.", "%(n)s group rules still ask for it.", self.rules
        )
        return words % {"n": self.rules}


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A unit with another name, how many will work in it, and how many rules ask for it."""

    name: str
    becomes: str
    people: int
    rules: int

    def in_words(self) -> str:
        """Such as “Repairs” becomes “Field repairs”: 12 people, 1 group rule follows it."""
        people = ngettext("%(n)s person", "%(n)s people", self.people) % {"n": self.people}
        facts = {"unit": self.name, "name": self.becomes, "people": people, "n": self.rules}
        if not self.rules:
            return (
                _("“%(unit)s” becomes “%(name)s”: %(people)s, no group rule asks for it.") % facts
            )
        words = ngettext(
            "“%(unit)s” becomes “%(name)s”: %(people)s, %(n)s group rule follows it.",
            "“%(unit)s” becomes “%(name)s”: %(people)s, %(n)s group rules follow it.",
            self.rules,
        )
        return words % facts


def unit_changes(outlook: Outlook, units: UnitPlan) -> list[UnitChange]:
    """What happens to units; at most twenty of each kind.

    One query, and none where no unit loses everybody or its name.
    """
    lost = outlook.units_now() - outlook.units_then() if outlook.changed else set()
    emptied, renamed = sorted(lost)[:MOST], sorted(units.renamed)[:MOST]
    if not emptied and not renamed:
        return []
    rules = _rules_that_ask_for({*emptied, *renamed})
    names = {key: name for _pk, key, name, _parent in outlook.stored.units}
    later = names | units.new | units.renamed
    went, people = _where_people_go(outlook, emptied), outlook.people_then(renamed)
    return [
        *(
            Emptied(
                name=names[key],
                went_to=tuple((later[to], count) for to, count in went[key].most_common(3)),
                rules=rules[key],
            )
            for key in emptied
        ),
        *(
            Renamed(name=names[key], becomes=later[key], people=people[key], rules=rules[key])
            for key in renamed
        ),
    ]


def _where_people_go(outlook: Outlook, emptied: Collection[str]) -> Mapping[str, Counter[str]]:
    """How many of each unit will work in which other one."""
    went = {unit: Counter[str]() for unit in emptied}
    for key, values in outlook.changed.items() if went else ():
        unit = outlook.unit_now(key)
        if unit in went and values["unit"] and not has_left(values, outlook.today):
            went[unit].update([values["unit"]])
    return went


def _rules_that_ask_for(units: Collection[str]) -> Counter[str]:
    """How many lines of groups name each unit."""
    rows = AudienceClause.objects.filter(unit__external_id__in=units).order_by()
    return Counter(dict(rows.values_list("unit__external_id").annotate(n=Count("pk"))))
