"""What the pages and the API read about playbooks."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from change_tracker.core.access import User
from change_tracker.initiatives.models import ENDED, Initiative, Role
from change_tracker.playbooks.models import (
    Playbook,
    PlaybookAction,
    PlaybookItem,
    PlaybookUse,
)


def playbooks_for(user: User) -> QuerySet[Any]:
    """Those that `user` reads, by name, with `action_count`, `item_count` and `may_change`."""
    changeable = Playbook.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    return (
        Playbook.objects.visible_to(user)
        .annotate(
            action_count=_count(PlaybookAction),
            item_count=_count(PlaybookItem),
            may_change=Exists(changeable),
        )
        .order_by("label", "pk")
    )


def in_initiative(rows: QuerySet[Any], initiative: Initiative) -> QuerySet[Any]:
    """Adds `taken_version`: which version of a playbook the initiative has; None where none."""
    uses = PlaybookUse.objects.filter(playbook=OuterRef("pk"), initiative=initiative)
    found: QuerySet[Any] = rows.annotate(taken_version=Subquery(uses.values("taken_version")[:1]))
    return found


def uses_of(playbook: Playbook, user: User) -> QuerySet[Any]:
    """Where it is applied, as far as `user` may know, and whether they lead it (`is_led`)."""
    led = Initiative.objects.with_role(user, Role.LEAD).filter(pk=OuterRef("initiative"))
    rows = PlaybookUse.objects.visible_to(user).filter(playbook=playbook)
    found: QuerySet[Any] = rows.select_related("initiative").annotate(is_led=Exists(led))
    return found.order_by("-pk")


def may_get(playbook: Playbook, user: User) -> QuerySet[Initiative]:
    """The initiatives that `user` leads, that go on, and that have not applied it yet."""
    has_it = PlaybookUse.objects.filter(playbook=playbook).values("initiative")
    led = Initiative.objects.with_role(user, Role.LEAD).exclude(state__in=ENDED)
    return led.exclude(pk__in=has_it).order_by("title", "pk")


def _count(model: Any) -> Coalesce:
    rows = model._default_manager.filter(playbook=OuterRef("pk")).order_by().values("playbook")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)
