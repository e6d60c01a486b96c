"""What people learnt elsewhere and nobody has looked at, for those who may confirm it."""

from datetime import date
from typing import Any

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.people.models import Person, ReportingLine
from change_tracker.training.models import ExternalLearning


def unconfirmed_for(user: User, today: date) -> Any:
    """What `user` may decide now; first what nobody else could, then the oldest.

    Each with `confirmer`: the nearest manager who works here and can sign in, None for none.
    """
    able = Person.objects.active(today).filter(user__isnull=False)
    lines = ReportingLine.objects.filter(person=OuterRef("person"), manager__in=able.values("pk"))
    nearest = lines.order_by("depth", "manager").values("manager__display_name")[:1]
    mine: Any = ExternalLearning.objects.changeable_by(user)
    rows = mine.waiting().annotate(confirmer=Subquery(nearest))
    alone_first = Case(When(confirmer=None, then=Value(0)), default=Value(1))
    return rows.select_related("person__unit", "activity").order_by(
        alone_first, "reported_on", "pk"
    )


def waiting_words(total: int, alone: int) -> str:
    """How much waits, and how much of it for nobody else."""
    if not total:
        return gettext("Nothing waits to be confirmed.")
    said = ngettext(
        "%(count)s report waits to be confirmed.", "%(count)s reports wait to be confirmed.", total
    ) % {"count": total}
    if not alone:
        return said
    more = ngettext(
        "For %(count)s of them there is no manager who could confirm it: it waits for you.",
        "For %(count)s of them there is no manager who could confirm them: they wait for you.",
        alone,
    ) % {"count": alone}
    return f"{said} {more}"
