"""What another rule of an audience would do, before it does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from change_tracker.people.models import Audience, AudienceMember
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences.conditions import people_found
from change_tracker.people.services.audiences.rules import (
    Clause,
    carry_out_rule,
    digest_of,
    lines_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """Who would join and leave the audience and those that build on it, and what follows.

    Without `changes` nobody notices the new rule. `digest` tells this outcome from others; it is
    made of its words too, so it holds in the language in which it was asked for.
    """

    changes: tuple[MembershipChange, ...]
    digest: str


def preview_clauses(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> RulePreview:
    """What `set_clauses` would do now: the same, taken back. Raises what that raises."""
    expected = audience.version if expected_version is None else expected_version
    with transaction.atomic():
        changes = carry_out_rule(
            # Its version in memory is to stay what it is.
            audience=Audience.objects.get(pk=audience.pk),
            clauses=clauses,
            actor=None,
            today=today,
            now=now,
            expected_version=expected,
        )
        transaction.set_rollback(True)
    return RulePreview(changes=tuple(changes), digest=digest_of(changes))


def count_changes(*, audience: Audience, clauses: Sequence[Clause], today: date) -> int:
    """How many people would join or leave the audience itself. Two queries."""
    wanted = people_found(lines_of(clauses), today)
    members = AudienceMember.objects.open().filter(audience=audience)
    joining = wanted.exclude(pk__in=members.values("person")).count()
    return joining + members.exclude(person__in=wanted.order_by().values("pk")).count()
