"""Saying what an initiative wants to reach, and whom it touches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.services import change_row, create_row, delete_row
from change_tracker.core.validators import days_in_order
from change_tracker.initiatives.models import AffectedGroup, Initiative, Objective
from change_tracker.initiatives.services.lifecycle import require_draft
from change_tracker.initiatives.services.members import AlreadyThereError
from change_tracker.people.models import Audience

P = TypeVar("P", Objective, AffectedGroup)


def add_objective(
    *, initiative: Initiative, actor: User | None, now: datetime, **values: Any
) -> Objective:
    """Add a success criterion. Raises ValidationError where its target is on the wrong side."""
    require_way(values)
    return create_row(Objective, initiative=initiative, actor=actor, now=now, **values)


def add_affected_group(
    *, initiative: Initiative, audience: Audience, actor: User | None, now: datetime, **values: Any
) -> AffectedGroup:
    """Say how the initiative touches an audience. Raises AlreadyThereError on a repeat."""
    days_in_order(values.get("from_on"), values.get("to_on"), field="to_on")
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
        _refuse_repeat(initiative, audience, error)
        raise


def change_part(
    part: P,
    *,
    actor: User | None,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> P:
    """Change an objective or an affected group.

    The audience of a group is another only in a draft: PublishedError elsewhere, AlreadyThereError
    where the initiative touches the other one already.
    """
    how: dict[str, Any] = {"actor": actor, "now": now, "expected_version": expected_version}
    if isinstance(part, Objective):
        require_way(changes, part)
        return change_row(part, **how, **changes)
    days = {"from_on": part.from_on, "to_on": part.to_on} | changes
    days_in_order(days["from_on"], days["to_on"], field="to_on")
    audience = changes.get("audience")
    if audience is not None and audience.pk != part.audience_id:
        return _touch_another(part, audience, how, changes)
    return change_row(part, **how, **changes)


def _touch_another(
    group: AffectedGroup, audience: Audience, how: dict[str, Any], changes: dict[str, Any]
) -> AffectedGroup:
    try:
        with transaction.atomic():
            require_draft(group.initiative)
            return change_row(group, **how, **changes)
    except IntegrityError as error:
        _refuse_repeat(group.initiative, audience, error)
        raise


def delete_part(part: Objective | AffectedGroup, *, actor: User | None, now: datetime) -> None:
    """Delete an objective or an affected group of a draft.

    Raises PublishedError when the initiative is not a draft.
    """
    with transaction.atomic():
        require_draft(part.initiative)
        delete_row(part, actor=actor, now=now)


def _refuse_repeat(initiative: Initiative, audience: Audience, error: IntegrityError) -> None:
    """Say that it is there already, where that was the reason for `error`."""
    if AffectedGroup.objects.filter(initiative=initiative, audience=audience).exists():
        raise AlreadyThereError(
            _("%(name)s is an affected group already.") % {"name": audience}
        ) from error


def require_way(values: Mapping[str, Any], objective: Objective | None = None) -> None:
    """Raise ValidationError unless the target lies on the side of the start that is called better:
    else it was reached at once. `values` change what the `objective` says.
    """
    names = ("baseline", "target", "direction")
    if not any(name in values for name in names):
        return
    start, target, way = (values.get(name, getattr(objective, name, None)) for name in names)
    if start is None or target is None or start == target:
        return
    if (target > start) != (way != Objective.Direction.DOWN):
        higher = _("The target is below the start, so lower is better; or one of them is wrong.")
        lower = _("The target is above the start, so higher is better; or one of them is wrong.")
        raise ValidationError({"direction": lower if target > start else higher})
