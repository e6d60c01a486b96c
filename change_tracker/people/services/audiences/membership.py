"""Who is in an audience by its rule, and keeping the dated members in step with it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db import models, transaction

from change_tracker.core import audit
from change_tracker.core.access import NOTHING, User
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Audience, AudienceClause, AudienceMember, OrgUnit, Person
from change_tracker.people.points import MEMBERSHIP_CONSEQUENCES, MembershipChange

BATCH = 1000


def people_of(audience: Audience, on: date) -> models.QuerySet[Person]:
    """Whom the rule names among the people who work here on that day.

    Whoever a clause includes and no clause excludes; an audience without clauses is empty.
    """
    clauses = list(audience.clauses.all())
    excluded = Person.objects.filter(_any(clauses, AudienceClause.Effect.EXCLUDE))
    included = Person.objects.active(on).filter(_any(clauses, AudienceClause.Effect.INCLUDE))
    return included.exclude(pk__in=excluded.values("pk"))


def recompute_audience(
    *, audience: Audience, actor: User | None, today: date, now: datetime
) -> MembershipChange:
    """Bring the members of `audience` in step with its rule; a repeat changes nothing.

    Whoever joins gets an open row from `today`, whoever leaves has theirs closed on `today`.
    What other slices do about it (MEMBERSHIP_CONSEQUENCES) happens in the same transaction.
    """
    changes = recompute_audiences(
        actor=actor, today=today, now=now, audiences=Audience.objects.filter(pk=audience.pk)
    )
    return changes[0] if changes else MembershipChange(audience_id=audience.pk, today=today)


def recompute_audiences(
    *,
    actor: User | None,
    today: date,
    now: datetime,
    audiences: models.QuerySet[Audience] | None = None,
) -> list[MembershipChange]:
    """The same for all audiences, or for some; returns the changes of those that changed.

    Two queries for each audience, and one for a thousand people who join or leave.
    """
    rows = Audience.objects.all() if audiences is None else audiences
    with transaction.atomic():
        # Locked, so that two runs at once cannot both open a row for the same person.
        locked = rows.order_by("pk").select_for_update().prefetch_related("clauses__unit")
        changes = [_difference(audience, today) for audience in locked]
        changes = [change for change in changes if change.joined or change.left]
        _write(changes)
        audit.record_many(_event(change, actor, now) for change in changes)
        for change in changes:
            for consequence in MEMBERSHIP_CONSEQUENCES:
                consequence(change, actor, now)
    return changes


def names_of(audience_ids: Iterable[int]) -> dict[int, str]:
    """The names of some audiences by id, for telling what happened to them."""
    return dict(Audience.objects.filter(pk__in=list(audience_ids)).values_list("pk", "name"))


def _any(clauses: Sequence[AudienceClause], effect: str) -> models.Q:
    return reduce(or_, (_condition(each) for each in clauses if each.effect == effect), NOTHING)


def _condition(clause: AudienceClause) -> models.Q:
    if clause.kind == AudienceClause.Kind.JOB_TITLE:
        return models.Q(job_title__iexact=clause.job_title)
    if clause.kind == AudienceClause.Kind.PERSON:
        return models.Q(pk=clause.person_id)
    if clause.with_subtree and clause.unit is not None:
        return models.Q(unit__in=OrgUnit.objects.within(clause.unit).values("pk"))
    return models.Q(unit=clause.unit_id)


def _difference(audience: Audience, today: date) -> MembershipChange:
    wanted = set(people_of(audience, today).order_by().values_list("pk", flat=True))
    members = AudienceMember.objects.open().filter(audience=audience)
    present = set(members.values_list("person", flat=True))
    return MembershipChange(
        audience_id=audience.pk,
        today=today,
        joined=sorted(wanted - present),
        left=sorted(present - wanted),
    )


def _write(changes: Iterable[MembershipChange]) -> None:
    for change in changes:
        for start in range(0, len(change.left), BATCH):
            AudienceMember.objects.open().filter(
                audience=change.audience_id, person__in=change.left[start : start + BATCH]
            ).update(left_on=change.today, is_open=None)
    AudienceMember.objects.bulk_create(
        (
            AudienceMember(audience_id=change.audience_id, person_id=person, joined_on=change.today)
            for change in changes
            for person in change.joined
        ),
        batch_size=BATCH,
    )


def _event(change: MembershipChange, actor: User | None, now: datetime) -> AuditEvent:
    return audit.event(
        object_type="audience",
        object_id=change.audience_id,
        verb="members_changed",
        actor=actor,
        now=now,
        changes={"joined": len(change.joined), "left": len(change.left)},
    )
