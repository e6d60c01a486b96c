"""Audiences: their rule, and the dated members that follow from it."""

from change_tracker.people.services.audiences.conditions import people_of
from change_tracker.people.services.audiences.describe import (
    NAMED_WITH,
    describe_clauses,
    describe_rule,
    phrase,
)
from change_tracker.people.services.audiences.lines import with_line, without_line
from change_tracker.people.services.audiences.membership import (
    names_of,
    recompute_audience,
    recompute_audiences,
)
from change_tracker.people.services.audiences.nobody import why_nobody
from change_tracker.people.services.audiences.previewing import (
    RulePreview,
    count_changes,
    preview_clauses,
)
from change_tracker.people.services.audiences.rules import (
    Clause,
    change_audience,
    create_audience,
    plain,
    set_clauses,
)

__all__ = [
    "NAMED_WITH",
    "Clause",
    "RulePreview",
    "change_audience",
    "count_changes",
    "create_audience",
    "describe_clauses",
    "describe_rule",
    "names_of",
    "people_of",
    "phrase",
    "plain",
    "preview_clauses",
    "recompute_audience",
    "recompute_audiences",
    "set_clauses",
    "why_nobody",
    "with_line",
    "without_line",
]
