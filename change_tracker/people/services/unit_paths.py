"""Keeping `OrgUnit.path` equal to the tree."""

from django.utils.translation import gettext as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.people.models import OrgUnit
from change_tracker.people.services.bulk import overwrite
from change_tracker.people.services.graphs import chain


class NestedTooDeepError(ChangeTrackerError):
    """The path of a unit would not fit its column."""

    code = "nested_too_deep"


def rebuild_unit_paths() -> int:
    """Write the path of every unit whose path is not what the tree says; returns how many.

    One read, and one write for a thousand of them. Raises NestedTooDeepError.
    """
    units = {unit.pk: unit for unit in OrgUnit.objects.order_by()}
    parents = {pk: unit.parent_id for pk, unit in units.items()}
    longest = OrgUnit._meta.get_field("path").max_length or 0
    stale = []
    for pk, unit in units.items():
        steps = [pk, *chain(parents, pk)]
        path = "/" + "".join(f"{each}/" for each in reversed(steps))
        if len(path) > longest:
            raise NestedTooDeepError(
                _("“%(unit)s” lies too many levels deep.") % {"unit": unit.name}
            )
        if unit.path != path:
            unit.path = path
            stale.append(unit)
    overwrite(OrgUnit, stale, ["path"])
    return len(stale)
