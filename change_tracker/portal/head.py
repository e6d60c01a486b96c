"""What every page of an initiative says and links to above its own content."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from change_tracker.core.access import User, key_of, roles_of
from change_tracker.initiatives.models import Initiative, InitiativeMember, Role


def with_head(rows: QuerySet[Initiative], user: User) -> QuerySet[Any]:
    """Adds `lead_name`, `sponsor_name` and `is_within`; no query more.

    `is_within` is False for HR, who read figures without a part in the initiative.
    """
    members = InitiativeMember.objects.filter(initiative=OuterRef("pk")).order_by("pk")
    mine = members.filter(person__user_id=key_of(user))
    return rows.annotate(
        lead_name=_name(members.filter(role=Role.LEAD)),
        sponsor_name=_name(members.filter(role=Role.SPONSOR)),
        is_within=Exists(mine),
    )


def reads_register(user: User, initiative: Any) -> bool:
    """Whether what is heard is told to `user`; asked of a row `with_head`, without a query."""
    return bool(initiative.is_within or roles_of(user).site_admin)


def _name(members: QuerySet[InitiativeMember]) -> Subquery:
    return Subquery(members.values("person__display_name")[:1])
