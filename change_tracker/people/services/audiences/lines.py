"""Changing a rule by one line; members follow at once."""

from dataclasses import fields
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.people.models import Audience, AudienceClause
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences.rules import Clause, set_clauses


class ClauseRepeatedError(ChangeTrackerError):
    """The rule has this line already."""

    code = "clause_repeated"


def add_clause(
    *,
    audience: Audience,
    clause: Clause,
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> MembershipChange:
    """Add one line to the rule. Raises ClauseRepeatedError, and what `set_clauses` raises."""
    clauses = [_clause(each) for each in _rows(audience)]
    if clause in clauses:
        raise ClauseRepeatedError(_("The rule has this line already."))
    return set_clauses(
        audience=audience,
        clauses=[*clauses, clause],
        actor=actor,
        today=today,
        now=now,
        expected_version=expected_version,
    )


def drop_clause(
    *,
    audience: Audience,
    clause_id: int,
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> tuple[Clause, MembershipChange]:
    """Take one line out of the rule; returns the line, so that it can be put back.

    Raises StaleRowError when the rule has no such line any more, and what `set_clauses` raises.
    """
    rows = _rows(audience)
    dropped = next((each for each in rows if each.pk == clause_id), None)
    if dropped is None:
        raise StaleRowError
    change = set_clauses(
        audience=audience,
        clauses=[_clause(each) for each in rows if each is not dropped],
        actor=actor,
        today=today,
        now=now,
        expected_version=expected_version,
    )
    return _clause(dropped), change


def _rows(audience: Audience) -> list[AudienceClause]:
    return list(audience.clauses.select_related("unit", "person", "other").order_by("pk"))


def _clause(row: AudienceClause) -> Clause:
    return Clause(**{each.name: getattr(row, each.name) for each in fields(Clause)})
