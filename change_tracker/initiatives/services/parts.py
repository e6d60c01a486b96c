"""Saying what an initiative wants to reach, and whom it touches."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.initiatives.models import AffectedGroup, Initiative, Objective
from change_tracker.initiatives.services.lifecycle import require_draft
from change_tracker.initiatives.services.members import AlreadyThereError
from change_tracker.people.models import Audience

P = TypeVar("P", Objective, AffectedGroup)


def add_objective(
    *, initiative: Initiative, actor: User | None, now: datetime, **values: Any
) -> Objective:
    """Add a success criterion."""
    return create_row(Objective, initiative=initiative, actor=actor, now=now, **values)


def add_affected_group(
    *, initiative: Initiative, audience: Audience, actor: User | None, now: datetime, **values: Any
) -> AffectedGroup:
    """Say how the initiative touches an audience. Raises AlreadyThereError on a repeat."""
    _require_order(values.get("from_on"), values.get("to_on"))
    try:
        with transaction.atomic():
            return create_row(
                AffectedGroup,
                initiative=initiative,
                audience=audience,
                actor=actor,
                now=now,
                **values,
            )
    except IntegrityError as error:
        if not AffectedGroup.objects.filter(initiative=initiative, audience=audience).exists():
            raise
        raise AlreadyThereError(
            _("%(name)s is an affected group already.") % {"name": audience}
        ) from error


def change_part(
    part: P,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> P:
    """Change an objective or an affected group."""
    if isinstance(part, AffectedGroup):
        _require_order(changes.get("from_on", part.from_on), changes.get("to_on", part.to_on))
    return change_row(part, actor=actor, now=now, expected_version=expected_version, **changes)


def delete_part(part: Objective | AffectedGroup, *, actor: User | None, now: datetime) -> None:
    """Delete an objective or an affected group of a draft.

    Raises PublishedError when the initiative is not a draft.
    """
    with transaction.atomic():
        require_draft(part.initiative)
        delete_row(part, actor=actor, now=now)


def _require_order(from_on: date | None, to_on: date | None) -> None:
    if from_on is not None and to_on is not None and to_on < from_on:
        raise ValidationError({"to_on": _("The last day cannot be before the first.")})
