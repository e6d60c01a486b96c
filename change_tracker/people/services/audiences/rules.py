"""Making audiences and changing what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import change_row
from change_tracker.people.models import Audience, AudienceClause, OrgUnit, Person
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences.membership import recompute_audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One line of a rule; `kind` says which one of unit, job title and person is meant."""

    kind: str
    effect: str = AudienceClause.Effect.INCLUDE
    unit: OrgUnit | None = None
    with_subtree: bool = True
    job_title: str = ""
    person: Person | None = None


def create_audience(
    *,
    name: str,
    actor: User | None,
    today: date,
    now: datetime,
    clauses: Sequence[Clause] = (),
) -> Audience:
    """Create an audience with its rule and its members; `actor` may change it from then on."""
    with transaction.atomic():
        author = actor.pk if actor is not None else None
        audience = Audience.objects.create(name=name, created_by_id=author)
        audit.record(obj=audience, verb="created", actor=actor, now=now)
        if clauses:
            _write(audience, clauses, actor=actor, now=now)
        recompute_audience(audience=audience, actor=actor, today=today, now=now)
    return audience


def change_audience(
    *,
    audience: Audience,
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
    clauses: Sequence[Clause] | None = None,
    **changes: Any,
) -> Audience:
    """Change columns, and the rule as a whole where `clauses` is given.

    Raises StaleRowError when somebody was quicker, ValidationError for a clause without meaning.
    """
    with transaction.atomic():
        expected = audience.version if expected_version is None else expected_version
        before = audience.version
        audience = change_row(audience, actor=actor, now=now, expected_version=expected, **changes)
        if clauses is not None:
            # A change of columns above has raised the version that was expected by one.
            set_clauses(
                audience=audience,
                clauses=clauses,
                actor=actor,
                today=today,
                now=now,
                expected_version=expected + audience.version - before,
            )
    return audience


def set_clauses(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> MembershipChange:
    """Replace the rule of `audience` and bring its members in step; returns who joined and left.

    The rule that it already has writes nothing to the rule. Raises StaleRowError when the row
    no longer has `expected_version`, ValidationError for a clause without meaning.
    """
    wanted = [_plain(each) for each in dict.fromkeys(clauses)]
    with transaction.atomic():
        if wanted != [_stored(each) for each in audience.clauses.order_by("pk")]:
            expected = audience.version if expected_version is None else expected_version
            hit = Audience.objects.filter(pk=audience.pk, version=expected)
            if hit.update(version=F("version") + 1) != 1:
                raise StaleRowError
            audience.refresh_from_db(fields=["version"])
            _write(audience, clauses, actor=actor, now=now)
        return recompute_audience(audience=audience, actor=actor, today=today, now=now)


def _write(
    audience: Audience, clauses: Sequence[Clause], *, actor: User | None, now: datetime
) -> None:
    rows = [AudienceClause(audience=audience, **_fields(each)) for each in dict.fromkeys(clauses)]
    audience.clauses.all().delete()
    AudienceClause.objects.bulk_create(rows)
    rule = [_plain(each) for each in dict.fromkeys(clauses)]
    audit.record(obj=audience, verb="rule_changed", actor=actor, now=now, changes={"rule": rule})
    # Whoever prefetched the old rule shall not go on with it.
    getattr(audience, "_prefetched_objects_cache", {}).pop("clauses", None)


def _fields(clause: Clause) -> dict[str, Any]:
    """The columns of a clause; what its kind does not speak of must be empty."""
    given = {"unit": clause.unit, "job_title": clause.job_title.strip(), "person": clause.person}
    if clause.kind not in given or clause.effect not in AudienceClause.Effect.values:
        raise ValidationError({"clauses": _("There is no such clause.")})
    if [name for name, value in given.items() if value] != [clause.kind]:
        raise ValidationError(
            {"clauses": _("Say one thing for each clause: a unit, a job title or a person.")}
        )
    return {
        "effect": clause.effect,
        "kind": clause.kind,
        "with_subtree": clause.with_subtree,
        **given,
    }


def _plain(clause: Clause) -> dict[str, Any]:
    fields = _fields(clause)
    return {
        name: value.pk if isinstance(value, OrgUnit | Person) else value
        for name, value in fields.items()
    }


def _stored(row: AudienceClause) -> dict[str, Any]:
    return {
        "effect": row.effect,
        "kind": row.kind,
        "with_subtree": row.with_subtree,
        "unit": row.unit_id,
        "job_title": row.job_title,
        "person": row.person_id,
    }
