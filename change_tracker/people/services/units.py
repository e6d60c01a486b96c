"""Adding and changing one unit by hand."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row
from change_tracker.people.models import OrgUnit
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.people.services.graphs import chain
from change_tracker.people.services.unit_paths import rebuild_unit_paths


class UnitLoopError(ChangeTrackerError):
    """The parent is the unit itself, or lies below it."""

    code = "unit_loop"

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This unit would be part of itself in the end."))


def create_unit(*, actor: User | None, now: datetime, **values: Any) -> OrgUnit:
    """Add a unit at its place in the tree."""
    with transaction.atomic():
        _hold_tree()
        unit = create_row(OrgUnit, actor=actor, now=now, **values)
        rebuild_unit_paths()
        unit.refresh_from_db(fields=["path"])
    return unit


def change_unit(
    unit: OrgUnit,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> OrgUnit:
    """Change a unit; a new parent takes the subtree along, and audiences follow.

    Raises StaleRowError, or UnitLoopError for a parent below the unit.
    """
    with transaction.atomic():
        moves = "parent" in changes and changes["parent"] != unit.parent
        if moves:
            _refuse_loop(unit, changes["parent"])
        unit = change_row(unit, actor=actor, now=now, expected_version=expected_version, **changes)
        if moves:
            rebuild_unit_paths()
            unit.refresh_from_db(fields=["path"])
            recompute_audiences(actor=actor, today=today, now=now)
    return unit


def _refuse_loop(unit: OrgUnit, parent: OrgUnit | None) -> None:
    above = _hold_tree()
    if parent is not None and unit.pk in {parent.pk, *chain(above, parent.pk)}:
        raise UnitLoopError


def _hold_tree() -> dict[int, int | None]:
    """The unit above each one; nobody else adds or moves one until the end.

    Two moves at once could close a loop together, and who moves a unit does not see what is being
    added below it, so that its path would stay the old one.
    """
    return dict(OrgUnit.objects.order_by("pk").select_for_update().values_list("pk", "parent"))
