"""Adding and changing one person by hand, under the same rules as a sync."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.services import change_row, create_row
from change_tracker.core.validators import days_in_order
from change_tracker.people.models import Person
from change_tracker.people.points import PeopleChange
from change_tracker.people.rules import known_language, known_timezone
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.people.services.consequences import carry_out, person_event
from change_tracker.people.services.graphs import chain
from change_tracker.people.services.reporting_lines import (
    LINED,
    hold_chains,
    rebuild_reporting_lines,
)

#: What the members of audiences depend on.
COUNTED = {"unit", "job_title", "location", "manager", "user", "starts_on", "ends_on"}


class ReportingLoopError(ChangeTrackerError):
    """The manager reports to the person already, or is the person."""

    code = "reporting_loop"

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This person would report to themselves in the end."))


def create_person(*, actor: User | None, today: date, now: datetime, **values: Any) -> Person:
    """Add a person; reporting lines and audiences follow. Raises ValidationError."""
    with transaction.atomic():
        checked = _checked(values, values)
        if manager := checked.get("manager"):
            hold_chains([manager.pk])
        person = create_row(Person, actor=actor, now=now, **checked)
        rebuild_reporting_lines(today=today, around=[person.pk])
        recompute_audiences(actor=actor, today=today, now=now)
    return person


def change_person(
    person: Person,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
    **changes: Any,
) -> Person:
    """Change a person; lines, audiences and what else hangs on leaving or moving follow.

    Raises StaleRowError, ReportingLoopError, or ValidationError for a value without meaning.
    """
    before = {name: getattr(person, name) for name in ("unit", "ends_on")}
    was_here = not _has_left(person, today)
    with transaction.atomic():
        current = {name: getattr(person, name) for name in ("starts_on", "ends_on")}
        checked = _checked(changes, current | changes)
        differing = {name for name, value in checked.items() if getattr(person, name) != value}
        if differing & LINED:
            _hold_lines(person, checked.get("manager"))
        person = change_row(
            person, actor=actor, now=now, expected_version=expected_version, **checked
        )
        if differing & LINED:
            rebuild_reporting_lines(today=today, around=[person.pk])
        left = was_here and _has_left(person, today)
        moved = "unit" in differing and not _has_left(person, today)
        _follow(person, before, left=left, moved=moved, actor=actor, today=today, now=now)
        if not (was_here or moved or _has_left(person, today)):
            back = PeopleChange(today=today, returners=[person.pk])
            carry_out(back, actor=actor, now=now)
        if differing & COUNTED:
            recompute_audiences(actor=actor, today=today, now=now)
    return person


def _has_left(person: Person, today: date) -> bool:
    return person.ends_on is not None and person.ends_on < today


def _checked(values: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """`values` in their own spelling; `whole` is the person as they would be."""
    checked = dict(values)
    wrong: dict[str, str] = {}
    for name, known in (("timezone", known_timezone), ("language", known_language)):
        if checked.get(name):
            checked[name] = known(checked[name])
            if checked[name] is None:
                wrong[name] = _("“%(text)s” is not known.") % {"text": values[name]}
    if wrong:
        raise ValidationError(wrong)
    days_in_order(whole.get("starts_on"), whole.get("ends_on"), field="ends_on")
    return checked


def _hold_lines(person: Person, manager: Person | None) -> None:
    """Nobody else redraws the lines around `person` until the end. Raises ReportingLoopError."""
    above = hold_chains([each.pk for each in (person, manager) if each is not None])
    if manager is not None and person.pk in {manager.pk, *chain(above, manager.pk)}:
        raise ReportingLoopError


def _follow(
    person: Person,
    before: Mapping[str, Any],
    *,
    left: bool,
    moved: bool,
    actor: User | None,
    today: date,
    now: datetime,
) -> None:
    if not (left or moved):
        return
    event = person_event(
        person.pk,
        verb="left" if left else "moved_unit",
        ends_on=person.ends_on,
        unit=person.unit.external_id if person.unit else None,
        unit_before=before["unit"].external_id if before["unit"] else None,
        actor=actor,
        now=now,
    )
    audit.record_many([event])
    change = PeopleChange(
        today=today, leavers=[person.pk] if left else [], movers=[] if left else [person.pk]
    )
    carry_out(change, actor=actor, now=now)
