"""Keeping days free of change for a unit."""

from datetime import datetime
from typing import Any

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row
from change_tracker.core.validators import days_in_order
from change_tracker.initiatives.models import FreezePeriod


def create_freeze(*, actor: User | None, now: datetime, **values: Any) -> FreezePeriod:
    """Keep days free. Raises ValidationError when the last is before the first."""
    days_in_order(values["from_on"], values["to_on"], field="to_on")
    return create_row(FreezePeriod, actor=actor, now=now, **values)


def change_freeze(
    freeze: FreezePeriod,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> FreezePeriod:
    """Move or rename it; raises as `create_freeze` and `change_row` do."""
    days = {"from_on": freeze.from_on, "to_on": freeze.to_on} | changes
    days_in_order(days["from_on"], days["to_on"], field="to_on")
    return change_row(freeze, actor=actor, now=now, expected_version=expected_version, **changes)
