"""Whom the clauses of a rule find."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from change_tracker.core.access import NOTHING
from change_tracker.core.ids import Ids
from change_tracker.core.searching import says
from change_tracker.people.models import Audience, AudienceClause, OrgUnit, Person

Kind = AudienceClause.Kind
Effect = AudienceClause.Effect
#: What rules are read with, so that a clause costs no query of its own.
READ_WITH = ("clauses__unit", "clauses__other__clauses__unit")


def people_of(audience: Audience, on: date) -> models.QuerySet[Person]:
    """Whom the rule names among the people who work here on that day.

    Whoever a clause includes and no clause excludes; an audience without clauses is empty. What
    another audience finds is found by its rule, not read from its members, so that the order in
    which audiences are brought in step does not matter.
    """
    return people_found(list(audience.clauses.all()), on)


def people_found(clauses: Sequence[AudienceClause], on: date) -> models.QuerySet[Person]:
    """The same for the lines of a rule, stored or not."""
    included = Person.objects.active(on).filter(found_by(clauses, Effect.INCLUDE, on))
    if not any(each.effect == Effect.EXCLUDE for each in clauses):
        return included
    excluded = Person.objects.filter(found_by(clauses, Effect.EXCLUDE, on))
    return included.exclude(pk__in=excluded.ids())


def found_by(clauses: Sequence[AudienceClause], effect: str, on: date) -> models.Q:
    """The condition on persons that any clause of that effect finds them."""
    return reduce(or_, (condition(each, on) for each in clauses if each.effect == effect), NOTHING)


def condition(clause: AudienceClause, on: date) -> models.Q:
    """The condition on persons that this clause finds them."""
    return CONDITIONS[clause.kind](clause, on)


def has_host_groups() -> bool:
    """Whether the host's users are in groups that have a name."""
    try:
        groups: Any = get_user_model()._meta.get_field("groups")
        groups.related_model._meta.get_field("name")
    except (FieldDoesNotExist, AttributeError):
        return False
    return True


def _unit(clause: AudienceClause, on: date) -> models.Q:
    if clause.with_subtree and clause.unit is not None:
        return models.Q(unit__in=OrgUnit.objects.within(clause.unit).ids())
    return models.Q(unit=clause.unit_id)


def _has_reports(clause: AudienceClause, on: date) -> models.Q:
    reports = Person.objects.active(on).exclude(manager=None)
    return models.Q(pk__in=reports.ids("manager"))


def _host_group(clause: AudienceClause, on: date) -> models.Q:
    if not has_host_groups():
        return NOTHING
    users = get_user_model()._default_manager.filter(groups__name=clause.host_group)
    return models.Q(user__in=Ids(users, "pk"))


def _other(clause: AudienceClause, on: date) -> models.Q:
    if clause.other is None:
        return NOTHING
    return models.Q(pk__in=people_of(clause.other, on).order_by().values("pk"))


CONDITIONS: dict[str, Callable[[AudienceClause, date], models.Q]] = {
    Kind.UNIT: _unit,
    Kind.JOB_TITLE: lambda clause, on: says("job_title", clause.job_title),
    Kind.LOCATION: lambda clause, on: says("location", clause.location),
    Kind.HAS_REPORTS: _has_reports,
    Kind.JOINED_AFTER: lambda clause, on: models.Q(starts_on__gt=clause.joined_after),
    Kind.PERSON: lambda clause, on: models.Q(pk=clause.person_id),
    Kind.HOST_GROUP: _host_group,
    Kind.OTHER: _other,
}
