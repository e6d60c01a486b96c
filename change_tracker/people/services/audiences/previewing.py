"""What another rule of an audience would do, before it does it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from change_tracker.people.models import Audience, AudienceMember
from change_tracker.people.points import MembersCounted
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

    changes: tuple[MembersCounted, ...]
    digest: str

    def plain(self) -> dict[str, Any]:
        """It as plain data, to be shown later."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "RulePreview":
        """It again."""
        changes = (
            MembersCounted(**each | {"follows": tuple(each["follows"])})
            for each in plain["changes"]
        )
        return cls(changes=tuple(changes), digest=plain["digest"])


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
    counted = tuple(change.counted() for change in changes)
    return RulePreview(changes=counted, digest=digest_of(changes))


def count_changes(*, audience: Audience, clauses: Sequence[Clause], today: date) -> tuple[int, int]:
    """How many people would join and leave the audience itself. Two queries."""
    wanted = people_found(lines_of(clauses), today)
    members = AudienceMember.objects.open().filter(audience=audience)
    joining = wanted.exclude(pk__in=members.values("person")).count()
    return joining, members.exclude(person__in=wanted.order_by().values("pk")).count()
