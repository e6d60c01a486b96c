"""Reading actions for pages."""

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.resistance.points import Work
from change_tracker.resistance.queries import registers_for

#: The five words of the hill, each with the position at which it stands.
HILL: tuple[tuple[int, str | Promise], ...] = (
    (0, _("not begun")),
    (25, _("finding out")),
    (50, _("we know how")),
    (75, _("getting it done")),
    (100, _("finished")),
)


def hill_words(position: int) -> str | Promise:
    """The word of the hill that is nearest to `position`."""
    return min(HILL, key=lambda each: abs(each[0] - position))[1]


def actions_for(user: User) -> QuerySet[Any]:
    """Actions that `user` reads as a member of their initiative, with `may_change`.

    People whose group is touched learn of an action elsewhere, without what it answers.
    """
    mine = registers_for(user).values("pk")
    changeable = MitigationAction.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    rows = MitigationAction.objects.visible_to(user).filter(initiative__in=mine)
    rows = rows.select_related("initiative", "owner", "strategy")
    return rows.annotate(may_change=Exists(changeable))


def work_against(user: User, sources: QuerySet[Any]) -> dict[int, list[Work]]:
    """The actions against each of `sources`, open ones first, by what is due first; one query."""
    answered = MitigationAction.objects.visible_to(user).filter(sources__in=sources.values("pk"))
    found = answered.order_by("due_on", "pk").values_list(
        "sources", "pk", "title", "state", "position", "due_on", "owner__display_name"
    )
    labels = dict(MitigationAction.State.choices)
    work: dict[int, list[Work]] = defaultdict(list)
    for source, pk, title, state, position, due_on, owner in found:
        work[source].append(
            Work(
                pk=pk,
                title=title,
                state=str(labels[state]),
                is_open=state in OPEN_STATES,
                hill=str(hill_words(position)),
                due_on=due_on,
                owner=owner or "",
            )
        )
    for each in work.values():
        each.sort(key=lambda one: not one.is_open)
    return work
