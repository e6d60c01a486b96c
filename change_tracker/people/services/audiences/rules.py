"""Making audiences and changing what they mean."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import StaleRowError
from change_tracker.core.services import change_row
from change_tracker.people.errors import ChangedSincePreviewError
from change_tracker.people.models import Audience, AudienceClause, OrgUnit, Person
from change_tracker.people.models.clauses import TEXTS, VALUE_OF, VALUES
from change_tracker.people.points import MembershipChange
from change_tracker.people.services.audiences.membership import (
    recompute_audience,
    recompute_audiences,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One line of a rule; `kind` says which one of the others is meant, if any."""

    kind: str
    effect: str = AudienceClause.Effect.INCLUDE
    unit: OrgUnit | None = None
    with_subtree: bool = True
    job_title: str = ""
    location: str = ""
    joined_after: date | None = None
    person: Person | None = None
    host_group: str = ""
    other: Audience | None = None


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
            # Nor can what its rule speaks of become another one before others see it.
            _refuse_circles(audience, clauses)
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
    expected: str | None = None,
    **changes: Any,
) -> Audience:
    """Change columns, and the rule as a whole where `clauses` is given.

    Raises StaleRowError when somebody was quicker, ValidationError for a clause without meaning,
    ChangedSincePreviewError where `expected` is not the digest of what the rule does.
    """
    with transaction.atomic():
        version = audience.version if expected_version is None else expected_version
        before = audience.version
        audience = change_row(audience, actor=actor, now=now, expected_version=version, **changes)
        if clauses is not None:
            # A change of columns above has raised the version that was expected by one.
            set_clauses(
                audience=audience,
                clauses=clauses,
                actor=actor,
                today=today,
                now=now,
                expected_version=version + audience.version - before,
                expected=expected,
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
    expected: str | None = None,
) -> MembershipChange:
    """Replace the rule of `audience` and bring its members in step; returns who joined and left.

    The rule that it already has writes nothing to the rule. `expected` is the digest that the
    caller was shown: raises ChangedSincePreviewError when anything else would happen. Raises
    StaleRowError when the row no longer has `expected_version`, ValidationError for a clause
    without meaning.
    """
    with transaction.atomic():
        changes = carry_out_rule(
            audience=audience,
            clauses=clauses,
            actor=actor,
            today=today,
            now=now,
            expected_version=expected_version,
        )
        if expected is not None and digest_of(changes) != expected:
            raise ChangedSincePreviewError
    nothing = MembershipChange(audience_id=audience.pk, today=today)
    return next((each for each in changes if each.audience_id == audience.pk), nothing)


def carry_out_rule(
    *,
    audience: Audience,
    clauses: Sequence[Clause],
    actor: User | None,
    today: date,
    now: datetime,
    expected_version: int | None,
) -> list[MembershipChange]:
    """What `set_clauses` does, in the caller's transaction; what changed in each audience."""
    wanted = [plain(each) for each in dict.fromkeys(clauses)]
    if wanted != [_stored(each) for each in audience.clauses.order_by("pk")]:
        _refuse_circles(audience, clauses)
        version = audience.version if expected_version is None else expected_version
        hit = Audience.objects.filter(pk=audience.pk, version=version)
        if hit.update(version=F("version") + 1) != 1:
            raise StaleRowError
        audience.refresh_from_db(fields=["version"])
        _write(audience, clauses, actor=actor, now=now)
    return recompute_audiences(
        actor=actor, today=today, now=now, audiences=Audience.objects.filter(pk=audience.pk)
    )


def lines_of(clauses: Sequence[Clause]) -> list[AudienceClause]:
    """Unsaved rows of a rule. Raises ValidationError for a clause without meaning."""
    return [AudienceClause(**_fields(each)) for each in dict.fromkeys(clauses)]


def plain(clause: Clause) -> dict[str, Any]:
    """A clause in plain values: keys of rows, and days as text."""
    return {
        name: value.pk if isinstance(value, Model) else str(value) if value else value
        for name, value in _fields(clause).items()
    }


def digest_of(changes: Iterable[MembershipChange]) -> str:
    """Equal for equal changes with equal consequences."""
    return sha256(repr(sorted(astuple(each) for each in changes)).encode()).hexdigest()


def _write(
    audience: Audience, clauses: Sequence[Clause], *, actor: User | None, now: datetime
) -> None:
    rows = lines_of(clauses)
    for row in rows:
        row.audience = audience
    audience.clauses.all().delete()
    AudienceClause.objects.bulk_create(rows)
    rule = [plain(each) for each in dict.fromkeys(clauses)]
    audit.record(obj=audience, verb="rule_changed", actor=actor, now=now, changes={"rule": rule})
    # Whoever prefetched the old rule shall not go on with it.
    getattr(audience, "_prefetched_objects_cache", {}).pop("clauses", None)


def _fields(clause: Clause) -> dict[str, Any]:
    """The columns of a clause; what its kind does not speak of must be empty."""
    given = {column: getattr(clause, column) for column in VALUES}
    given |= {column: given[column].strip() for column in TEXTS}
    if clause.kind not in VALUE_OF or clause.effect not in AudienceClause.Effect.values:
        raise ValidationError({"clauses": _("There is no such clause.")})
    wanted = VALUE_OF[clause.kind]
    if [name for name, value in given.items() if value] != ([wanted] if wanted else []):
        raise ValidationError(
            {"clauses": _("Say one thing for each clause: the one that its kind names.")}
        )
    return {
        "effect": clause.effect,
        "kind": clause.kind,
        "with_subtree": clause.with_subtree,
        **given,
    }


def _stored(row: AudienceClause) -> dict[str, Any]:
    return plain(Clause(**{each.name: getattr(row, each.name) for each in fields(Clause)}))


def _refuse_circles(audience: Audience, clauses: Sequence[Clause]) -> None:
    """An audience that is found through itself would have no meaning.

    Every audience that the rule reaches is held until the end, so that two changes cannot close
    a circle together. Two queries, and none where the rule speaks of no other audience.
    """
    named = {each.other.pk for each in clauses if each.other is not None}
    if not named:
        return
    reached = _reached_from(named)
    ids = sorted({audience.pk, *reached})
    list(Audience.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
    if audience.pk in _reached_from(named):
        raise ValidationError(
            {"clauses": _("“%(name)s” would be a part of itself.") % {"name": audience}}
        )


def _reached_from(audiences: set[int]) -> set[int]:
    """The ids of `audiences` and of all that their rules speak of; one query."""
    used = defaultdict(list)
    rows = AudienceClause.objects.filter(kind=AudienceClause.Kind.OTHER)
    for user, other in rows.values_list("audience", "other_id"):
        used[user].append(other)
    found: set[int] = set()
    ahead = list(audiences)
    while ahead:
        each = ahead.pop()
        if each not in found:
            found.add(each)
            ahead += used[each]
    return found
