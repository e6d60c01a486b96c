"""What every page of an initiative says and links to above its own content."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from change_tracker.core.access import User, roles_of, whether
from change_tracker.initiatives.models import (
    MEMBERS,
    TEAM,
    Initiative,
    InitiativeMember,
    Role,
    played_by,
)
from change_tracker.people.models import Person

#: Who has the page of the sponsor.
SPONSOR_PAGE = (Role.SPONSOR, Role.LEAD)
#: Who reads the names of those who have training, beside HR and site admins.
NAME_READERS = (Role.LEAD, Role.COACH)


def with_head(rows: QuerySet[Initiative], user: User, here_on: date | None = None) -> QuerySet[Any]:
    """Adds names and answers of `with_names`, and four more about `user`; no query more.

    They are `may_change`, `is_lead`, `has_sponsor_page` and `hears_concerns`.
    """
    return with_names(rows, user, here_on).annotate(  # type: ignore[no-any-return]  # annotated
        may_change=whether(Initiative.objects.all().writable(user, roles_of(user))),
        is_lead=_plays(user, Role.LEAD),
        hears_concerns=_plays(user, *TEAM),
        has_sponsor_page=_plays(user, *SPONSOR_PAGE),
    )


def with_names(
    rows: QuerySet[Initiative], user: User, here_on: date | None = None
) -> QuerySet[Any]:
    """Adds `lead_name`, `sponsor_name`, and two answers about `user`; no query more.

    With `here_on` only who works here on that day is named. `is_within` is False for HR, who read
    figures without a part in the initiative; `shows_names` is of those with training.
    """
    roles = roles_of(user)
    return rows.annotate(
        lead_name=name_of(Role.LEAD, here_on=here_on),
        sponsor_name=name_of(Role.SPONSOR, here_on=here_on),
        is_within=_plays(user, *MEMBERS),
        shows_names=Value(True)  # noqa: FBT003 an SQL value
        if roles.site_admin or roles.manages_people
        else _plays(user, *NAME_READERS),
    )


def _plays(user: User, *roles: Role) -> Combinable:
    """Whether `user` plays one of `roles` in the row."""
    return whether(Q(pk__in=played_by(user, *roles)))


def reads_register(user: User, initiative: Any) -> bool:
    """Whether what is heard is told to `user`; asked of a row `with_head`, without a query."""
    return bool(initiative.is_within or roles_of(user).site_admin)


def reads_figures(user: User, initiative: Any) -> bool:
    """Whether `user` reads the inside of a row `with_head` and its figures; without a query."""
    return bool(reads_register(user, initiative) or roles_of(user).manages_people)


def name_of(role: Role, *, initiative: str = "pk", here_on: date | None = None) -> Subquery:
    """The name of the first who plays `role` in the `initiative` of a row. Whoever has left is
    named only where nobody has followed them, and with `here_on`, a day, not at all.
    """
    staying = F("person__ends_on").desc(nulls_first=True)
    members = InitiativeMember.objects.filter(initiative=OuterRef(initiative), role=role)
    if here_on is not None:
        members = members.filter(person__in=Person.objects.active(here_on).values("pk"))
    return Subquery(members.order_by(staying, "pk").values("person__display_name")[:1])
