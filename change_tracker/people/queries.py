"""What pages of other slices read about people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.core.conf import get_conf
from change_tracker.core.workdays import Calendar
from change_tracker.people.models import (
    Audience,
    AudienceClause,
    AudienceMember,
    Holiday,
    OrgUnit,
    Person,
)

MOST_WORDS = 100
SAMPLE = 10


def working_calendar() -> Calendar:
    """The days on which people work here, by the settings and the list of holidays. One query."""
    holidays = Holiday.objects.order_by().values_list("day", flat=True)
    return Calendar(tuple(get_conf().working_days), tuple(holidays))


def with_names(events: Any) -> Any:
    """Lines of history with `who`: the name of the person who did it, None for who is no person."""
    name = Person.objects.filter(user=OuterRef("actor_user")).values("display_name")
    return events.annotate(who=Subquery(name[:1]))


def working_week() -> Calendar:
    """The days of the week on which people work here; where `holidays_in` counts the holidays."""
    return Calendar(tuple(get_conf().working_days))


def holidays_in(after: Any, until: date) -> Coalesce:
    """How many holidays take a working day out of those after a column, up to and with `until`.

    For an annotation: taken from the working days of the week between the two, it leaves what
    `working_calendar` counts, without reading the list.
    """
    week = [day + 1 for day in get_conf().working_days] or range(1, 8)
    days = Holiday.objects.filter(day__gt=after, day__lte=until, day__iso_week_day__in=week)
    counted = days.order_by().annotate(one=Value(1)).values("one").annotate(days=Count("pk"))
    return Coalesce(Subquery(counted.values("days")), 0, output_field=IntegerField())


def job_titles(on: date) -> tuple[str, ...]:
    """The most frequent job titles of those who work here, by name; titles, not who has them."""
    return _most_frequent("job_title", on)


def locations(on: date) -> tuple[str, ...]:
    """The most frequent places of those who work here, by name; places, not who is there."""
    return _most_frequent("location", on)


def _most_frequent(column: str, on: date) -> tuple[str, ...]:
    people = Person.objects.active(on).exclude(**{column: ""}).order_by()
    counted = people.values_list(column).annotate(number=Count("pk"))
    return tuple(sorted(word for word, _n in counted.order_by("-number")[:MOST_WORDS]))


#: Of a line of a rule, what puts it into words.
OF_CLAUSE = (
    *("id", "effect", "kind", "with_subtree", "job_title", "location", "joined_after"),
    *("host_group", "unit__name", "person__display_name", "other__name"),
)


def with_clauses(rows: Any, path: str = "clauses") -> Any:
    """Each row once for every line of the rule that `path` leads to, and once without any.

    For `clauses_of`, which then needs no query; within a row they are in order of `line_id`.
    """
    return rows.annotate(**{f"line_{name}": F(f"{path}__{name}") for name in OF_CLAUSE})


def clauses_of(rows: Iterable[Any]) -> list[AudienceClause]:
    """The lines of one rule, from rows `with_clauses`."""
    read = [{name: getattr(row, f"line_{name}") for name in OF_CLAUSE} for row in rows]
    return [_clause(**each) for each in read if each["id"]]


def _clause(
    unit__name: str, person__display_name: str, other__name: str, **said: Any
) -> AudienceClause:
    return AudienceClause(
        unit=OrgUnit(name=unit__name) if unit__name else None,
        person=Person(display_name=person__display_name) if person__display_name else None,
        other=Audience(name=other__name) if other__name else None,
        **said,
    )


def people_in(path: str) -> Coalesce:
    """How many people are now in the audience that `path` of a row leads to, as an expression."""
    members = AudienceMember.objects.open().filter(audience=OuterRef(path)).order_by()
    counted = members.values("audience").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def people_once(path: str) -> Case:
    """`people_in` for rows `with_clauses`: counted beside the first line of a rule alone.

    Counting 100,000 people once for each of 300 exceptions took a quarter of a minute.
    """
    lines = AudienceClause.objects.filter(audience=OuterRef(path)).order_by("pk").values("pk")
    is_first = Q(line_id=None) | Q(line_id=Subquery(lines[:1]))
    return Case(When(is_first, then=people_in(path)))


def head_count(audience: Audience) -> int:
    """How many people are in it now; a number, so for whoever may know of the audience."""
    return AudienceMember.objects.open().filter(audience=audience).count()


def sample_of(audience: Audience, user: User) -> list[str]:
    """Up to ten names of those in it now whom `user` may see."""
    names = members_for(audience, user).values_list("person__display_name", flat=True)
    return list(names[:SAMPLE])


def members_for(audience: Audience, user: User) -> Any:
    """Those in it now whom `user` may see, by name."""
    members: Any = AudienceMember.objects.open().visible_to(user).filter(audience=audience)
    return members.order_by("person__display_name", "person")
