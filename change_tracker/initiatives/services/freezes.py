"""Keeping days free of change for a unit."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row
from change_tracker.initiatives.models import FreezePeriod


def create_freeze(*, actor: User | None, now: datetime, **values: Any) -> FreezePeriod:
    """Keep days free. Raises ValidationError when the last is before the first."""
    _require_order(values["from_on"], values["to_on"])
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
    _require_order(changes.get("from_on", freeze.from_on), changes.get("to_on", freeze.to_on))
    return change_row(freeze, actor=actor, now=now, expected_version=expected_version, **changes)


def _require_order(from_on: date, to_on: date) -> None:
    if to_on < from_on:
        raise ValidationError({"to_on": _("The last day cannot be before the first.")})
