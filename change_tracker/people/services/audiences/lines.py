"""A rule with one line more, or one less."""

from dataclasses import fields

from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError, StaleRowError
from change_tracker.people.models import Audience, AudienceClause
from change_tracker.people.services.audiences.rules import Clause


class ClauseRepeatedError(ChangeTrackerError):
    """The rule has this line already."""

    code = "clause_repeated"


def with_line(audience: Audience, clause: Clause) -> list[Clause]:
    """The rule with one line more. One query. Raises ClauseRepeatedError."""
    clauses = [_clause(each) for each in _rows(audience)]
    if clause in clauses:
        raise ClauseRepeatedError(_("The rule has this line already."))
    return [*clauses, clause]


def without_line(audience: Audience, clause_id: int) -> tuple[Clause, list[Clause]]:
    """The line, so that it can be put back, and the rule without it. One query.

    Raises StaleRowError when the rule has no such line any more.
    """
    rows = _rows(audience)
    dropped = next((each for each in rows if each.pk == clause_id), None)
    if dropped is None:
        raise StaleRowError
    return _clause(dropped), [_clause(each) for each in rows if each is not dropped]


def _rows(audience: Audience) -> list[AudienceClause]:
    return list(audience.clauses.select_related("unit", "person", "other").order_by("pk"))


def _clause(row: AudienceClause) -> Clause:
    return Clause(**{each.name: getattr(row, each.name) for each in fields(Clause)})
