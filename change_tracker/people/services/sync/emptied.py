"""Units that a sync leaves without people: how a merger of units looks from here."""

from collections import Counter
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.people.models import OrgUnit
from change_tracker.people.services.sync.stored import Outlook, has_left

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


def emptied_units(outlook: Outlook) -> list[Emptied]:
    """At most twenty. One query, and none where no unit loses everybody."""
    lost = outlook.units_now() - outlook.units_then() if outlook.changed else set()
    if not lost:
        return []
    went: dict[str, Counter[str]] = {unit: Counter() for unit in lost}
    for key, values in outlook.changed.items():
        unit = outlook.unit_now(key)
        if unit in lost and values["unit"] and not has_left(values, outlook.today):
            went[unit].update([values["unit"]])
    keys = {*went, *(key for places in went.values() for key in places)}
    names = dict(OrgUnit.objects.filter(external_id__in=keys).values_list("external_id", "name"))
    return [
        Emptied(
            names.get(unit, unit),
            tuple((names.get(key, key), count) for key, count in places.most_common(3)),
        )
        for unit, places in sorted(went.items())[:MOST]
    ]
