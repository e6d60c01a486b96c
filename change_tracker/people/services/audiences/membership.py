"""Keeping the dated members of audiences in step with their rules."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import connection, models, transaction

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.jobs.telling import Tell, keep_quiet, one_by_one
from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Audience, AudienceClause, AudienceMember
from change_tracker.people.points import MEMBERSHIP_CONSEQUENCES, MembershipChange
from change_tracker.people.services.audiences.conditions import READ_WITH, people_of

BATCH = 1000


def recompute_audience(
    *, audience: Audience, actor: User | None, today: date, now: datetime
) -> MembershipChange:
    """Bring the members of `audience` in step with its rule; a repeat changes nothing.

    Whoever joins gets an open row from `today`, whoever leaves has theirs closed on `today`.
    What other slices do about it (MEMBERSHIP_CONSEQUENCES) happens in the same transaction, and
    so do the changes of audiences whose rules speak of this one.
    """
    changes = recompute_audiences(
        actor=actor, today=today, now=now, audiences=Audience.objects.filter(pk=audience.pk)
    )
    nothing = MembershipChange(audience_id=audience.pk, today=today)
    return next((each for each in changes if each.audience_id == audience.pk), nothing)


def recompute_audiences(
    *,
    actor: User | None,
    today: date,
    now: datetime,
    audiences: models.QuerySet[Audience] | None = None,
    tell: Tell = keep_quiet,
) -> list[MembershipChange]:
    """The same for all audiences, or for some and those that build on them.

    Returns the changes of those that changed. Two queries for each audience, and one for a
    thousand people who join or leave.
    """
    with transaction.atomic():
        rows = Audience.objects.all() if audiences is None else _with_dependents(audiences)
        locked = held(rows).prefetch_related(*READ_WITH)
        changes = [_difference(audience, today) for audience in one_by_one(locked, tell)]
        changes = [change for change in changes if change.joined or change.left]
        _write(changes)
        audit.record_many(_event(change, actor, now) for change in changes)
        return _with_consequences(changes, actor, now)


def held(rows: models.QuerySet[Audience]) -> models.QuerySet[Audience]:
    """`rows` in one order and locked, so that two runs at once cannot both open a row for the same
    person.

    What only refers to them may be written meanwhile, where the database can tell the two apart:
    whoever gives a plan to a group holds the plan, and we may be waiting for that.
    """
    no_key = connection.features.has_select_for_no_key_update
    return rows.order_by("pk").select_for_update(no_key=no_key)


def names_of(audience_ids: Iterable[int]) -> dict[int, str]:
    """The names of some audiences by id, for telling what happened to them."""
    return dict(Audience.objects.filter(pk__in=list(audience_ids)).values_list("pk", "name"))


def _with_dependents(rows: models.QuerySet[Audience]) -> models.QuerySet[Audience]:
    """`rows` and every audience whose rule speaks of one of them, at any remove; two queries."""
    users = defaultdict(list)
    clauses = AudienceClause.objects.filter(kind=AudienceClause.Kind.OTHER)
    for user, used in clauses.values_list("audience", "other"):
        users[used].append(user)
    found = set(rows.order_by().values_list("pk", flat=True)) if users else set()
    ahead = list(found)
    while ahead:
        new = [pk for pk in users.get(ahead.pop(), ()) if pk not in found]
        found.update(new)
        ahead += new
    return Audience.objects.filter(pk__in=found) if users else rows


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


def _with_consequences(
    changes: list[MembershipChange], actor: User | None, now: datetime
) -> list[MembershipChange]:
    """`changes` with what was done about them.

    That is asked of all at once: whoever goes from one audience to another is in two of them.
    """
    follows: dict[int, list[str]] = defaultdict(list)
    for consequence in MEMBERSHIP_CONSEQUENCES if changes else ():
        for audience, said in consequence(changes, actor, now).items():
            follows[audience] += said
    return [replace(each, follows=tuple(follows[each.audience_id])) for each in changes]


def _event(change: MembershipChange, actor: User | None, now: datetime) -> AuditEvent:
    return audit.event(
        object_type="audience",
        object_id=change.audience_id,
        verb="members_changed",
        actor=actor,
        now=now,
        changes={"joined": len(change.joined), "left": len(change.left)},
    )
