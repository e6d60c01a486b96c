"""Audiences: their rule, and the dated members that follow from it."""

from change_tracker.people.services.audiences.describe import describe_rule
from change_tracker.people.services.audiences.membership import (
    names_of,
    people_of,
    recompute_audience,
    recompute_audiences,
)
from change_tracker.people.services.audiences.rules import (
    Clause,
    change_audience,
    create_audience,
    set_clauses,
)

__all__ = [
    "Clause",
    "change_audience",
    "create_audience",
    "describe_rule",
    "names_of",
    "people_of",
    "recompute_audience",
    "recompute_audiences",
    "set_clauses",
]
