"""Units that a sync leaves without people: how a merger of units looks from here."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.people.models import OrgUnit

#: More are a reorganisation, which nobody reads as a list.
MOST = 20


@dataclass(frozen=True, slots=True)
class Emptied:
    """A unit that had people and has none; where they went, most first."""

    name: str
    went_to: tuple[tuple[str, int], ...]

    def in_words(self) -> str:
        """Such as “Repairs North” has nobody any more: 12 people are in “Repairs”."""
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


def emptied_units(
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    *,
    here: Collection[str],
) -> list[Emptied]:
    """At most twenty. `before` has those who worked here, `here` the keys of those who will.

    One query, and none where no unit loses everybody.
    """
    kept = {after[key]["unit"] for key in here}
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for key, values in before.items():
        unit = values["unit"]
        if unit is not None and unit not in kept:
            went[unit].update([after[key]["unit"]] if key in here and after[key]["unit"] else [])
    if not went:
        return []
    keys = {*went, *(key for places in went.values() for key in places)}
    names = dict(OrgUnit.objects.filter(external_id__in=keys).values_list("external_id", "name"))
    return [
        Emptied(
            names.get(unit, unit),
            tuple((names.get(key, key), count) for key, count in places.most_common(3)),
        )
        for unit, places in sorted(went.items())[:MOST]
    ]
