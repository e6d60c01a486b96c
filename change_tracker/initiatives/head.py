"""What every page of an initiative says and links to above its own content."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value

from change_tracker.core.access import User, key_of, roles_of
from change_tracker.initiatives.models import TEAM, Initiative, InitiativeMember, Role

#: Who has the page of the sponsor.
SPONSOR_PAGE = (Role.SPONSOR, Role.LEAD)
#: Who reads the names of those who have training, beside HR and site admins.
NAME_READERS = (Role.LEAD, Role.COACH)


def with_head(rows: QuerySet[Initiative], user: User) -> QuerySet[Any]:
    """Adds `lead_name`, `sponsor_name`, and six answers about `user`; no query more.

    `is_within` is False for HR, who read figures without a part in the initiative; the others are
    `may_change`, `is_lead`, `has_sponsor_page`, `hears_concerns`, and `shows_names` of those
    with training.
    """
    roles = roles_of(user)
    members = InitiativeMember.objects.filter(initiative=OuterRef("pk")).order_by("pk")
    mine = members.filter(person__user_id=key_of(user))
    return rows.annotate(
        lead_name=_name(members.filter(role=Role.LEAD)),
        sponsor_name=_name(members.filter(role=Role.SPONSOR)),
        is_within=Exists(mine),
        may_change=Exists(Initiative.objects.changeable_by(user).filter(pk=OuterRef("pk"))),
        is_lead=Exists(mine.filter(role=Role.LEAD)),
        hears_concerns=Exists(mine.filter(role__in=TEAM)),
        has_sponsor_page=Exists(mine.filter(role__in=SPONSOR_PAGE)),
        shows_names=Value(True)  # noqa: FBT003 an SQL value
        if roles.site_admin or roles.manages_people
        else Exists(mine.filter(role__in=NAME_READERS)),
    )


def reads_register(user: User, initiative: Any) -> bool:
    """Whether what is heard is told to `user`; asked of a row `with_head`, without a query."""
    return bool(initiative.is_within or roles_of(user).site_admin)


def reads_figures(user: User, initiative: Any) -> bool:
    """Whether `user` reads the inside of a row `with_head` and its figures; without a query."""
    return bool(reads_register(user, initiative) or roles_of(user).manages_people)


def _name(members: QuerySet[InitiativeMember]) -> Subquery:
    return Subquery(members.values("person__display_name")[:1])
