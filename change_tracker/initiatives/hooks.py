"""What initiatives add to the slices on their left."""

from typing import Any

from change_tracker.core.access import User
from change_tracker.core.models import AUDIT_SCOPES
from change_tracker.initiatives import meanings, previews
from change_tracker.initiatives.models import AGENTS, AffectedGroup, Initiative, Role
from change_tracker.people.points import (
    AUDIENCE_USES,
    CHANGEABLE_AUDIENCES,
    LEADS,
    VISIBLE_AUDIENCES,
)


def readable_scopes(user: User) -> list[str]:
    """Leads and sponsors read the history of their initiatives; one query."""
    ids = Initiative.objects.with_role(user, Role.LEAD, Role.SPONSOR).values_list("pk", flat=True)
    return [f"initiative:{pk}" for pk in ids]


def affected_audiences(user: User) -> Any:
    """Leads, agents and coaches work with the groups that their initiatives touch."""
    mine = Initiative.objects.with_role(user, Role.LEAD, *AGENTS)
    return AffectedGroup.objects.filter(initiative__in=mine.ids()).ids("audience")


def led_audiences(user: User) -> Any:
    """Leads change the groups that their initiatives touch."""
    mine = Initiative.objects.with_role(user, Role.LEAD)
    return AffectedGroup.objects.filter(initiative__in=mine.ids()).ids("audience")


def touched_audiences() -> Any:
    """Those that an initiative touches."""
    return AffectedGroup.objects.ids("audience")


def leads_initiative(user: User) -> bool:
    """Whether the user leads an initiative, in whatever state; one query."""
    return Initiative.objects.with_role(user, Role.LEAD).exists()


def register() -> None:
    """Fill the points; called once at start."""
    meanings.register()
    AUDIT_SCOPES.register(readable_scopes)
    VISIBLE_AUDIENCES.register(affected_audiences)
    CHANGEABLE_AUDIENCES.register(led_audiences)
    AUDIENCE_USES.register(touched_audiences)
    LEADS.register(leads_initiative)
    previews.register()
