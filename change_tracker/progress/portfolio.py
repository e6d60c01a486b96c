"""Initiatives side by side, each with its verdict: what was asked for, in sets, not one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Least
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.lists import Asked, Filter, read_asked
from change_tracker.core.together import Part, read_together
from change_tracker.initiatives.head import reads_register, with_head
from change_tracker.initiatives.models import MEMBERS, Initiative, Role, played_by
from change_tracker.initiatives.queries import with_leaders
from change_tracker.initiatives.services.lifecycle import ENDED
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.gaplines import LateUnit
from change_tracker.progress.gaps import Open, late_by_initiative, late_part, open_entries_of
from change_tracker.progress.queries import initiatives_with_progress_for, with_training_by
from change_tracker.progress.verdict import Standing, verdict
from change_tracker.training.models import TrainingRecord

#: The orders of the list; the first is the one that is shown unasked.
ORDERS = ("new", "title", "late", "next")
#: Comes after every date, on every database, for what has none.
NEVER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One initiative of the list. `open_resistance` is None for who may not read the register."""

    initiative: Any
    verdict: str
    late_people: int
    open_resistance: int | None
    severe: int
    late_actions: int
    next_on: date | None
    next_words: str | Promise


def asked_of(params: Mapping[str, str]) -> Asked:
    """Filters and order from the query of an address."""
    states = [
        ("open", _("Not ended")),
        ("ended", _("Archive: ended")),
        ("all", _("All")),
        *((value, capfirst(label)) for value, label in Initiative.State.choices),
    ]
    parts = [("", _("All")), ("mine", _("I have a part in it")), ("led", _("I lead it"))]
    filters = (
        Filter(name="state", label=_("Phase"), choices=states, default="open"),
        Filter(name="part", label=_("Whose"), choices=parts),
        Filter(name="q", label=_("Words in the title")),
    )
    return read_asked(params, filters, ORDERS, _("Order"))


def portfolio_of(user: User, asked: Asked, today: date) -> QuerySet[Any]:
    """The initiatives that are asked for among those whose figures `user` may read, in order."""
    rows = initiatives_with_progress_for(user)
    values = asked.values
    if values["state"] == "open":
        rows = rows.exclude(state__in=ENDED)
    elif values["state"] == "ended":
        rows = rows.filter(state__in=ENDED)
    elif values["state"] != "all":
        rows = rows.filter(state=values["state"])
    if values["part"]:
        parts = (Role.LEAD,) if values["part"] == "led" else MEMBERS
        rows = rows.filter(pk__in=played_by(user, *parts))
    for word in values["q"].split():
        rows = rows.filter(title__icontains=word)
    rows = with_leaders(with_training_by(with_head(rows, user), today), today)
    return _in_order(_with_dates(rows, today), asked.sort, user, today)  # type: ignore[no-any-return]  # a queryset


def lines_of(user: User, initiatives: Sequence[Any], today: date) -> list[Line]:
    """What is said of each of `initiatives`, rows of `portfolio_of`. Two queries."""
    late, acted = _late_and_acted(user, initiatives, today)
    heard = open_entries_of(user, initiatives)
    lines = []
    for row in initiatives:
        units = late.get(row.pk, ())
        worst = units[0] if units else LateUnit("", 0)
        is_told = reads_register(user, row)
        entries = heard.get(row.pk, Open()) if is_told else Open()
        standing = Standing(
            state=row.state,
            go_live_in=(row.go_live_on - today).days if row.go_live_on else None,
            enrolled=row.is_enrolled,
            due=row.is_due,
            late_people=sum(unit.people for unit in units),
            late_unit=worst.name,
            late_in_unit=worst.people,
            open_resistance=entries.number if is_told else None,
            severe=entries.severe,
            severe_unanswered=entries.unanswered,
            late_actions=acted.get(row.pk, NOTHING_DUE).late,
            is_led=row.is_led,
        )
        lines.append(_line(row, standing, acted.get(row.pk, NOTHING_DUE).next_on, today))
    return lines


class _Acted(NamedTuple):
    """Of the open actions of an initiative: how many are late, and when the next one is due."""

    initiative: int
    late: int
    next_on: date | None


NOTHING_DUE = _Acted(0, 0, None)


def _late_and_acted(
    user: User, initiatives: Sequence[Any], today: date
) -> tuple[dict[int, tuple[LateUnit, ...]], dict[int, _Acted]]:
    """Who is late in each of them, and how its actions are; one query for both."""
    seen = MitigationAction.objects.open().visible_to(user)
    mine = seen.filter(initiative__in=[each.pk for each in initiatives])
    facts = (
        mine.order_by()
        .values("initiative")
        .annotate(
            late=Count("pk", filter=Q(due_on__lt=today)),
            next_on=Min("due_on", filter=Q(due_on__gte=today)),
        )
    )
    part = Part(facts, ("initiative", "late", "next_on"), make=_Acted)
    units, acted = read_together(late_part(initiatives, today), part)
    return late_by_initiative(units), {each.initiative: each for each in acted}


def _line(row: Any, standing: Standing, next_action_on: date | None, today: date) -> Line:
    ahead = row.go_live_on if row.go_live_on and row.go_live_on >= today else None
    # Of several on one day the last one is named.
    dates = (
        (row.next_training_on, _("training is due")),
        (next_action_on, _("an action is due")),
        (ahead, _("go-live")),
    )
    known = {day: words for day, words in dates if day is not None}
    next_on = min(known, default=None) if row.state not in ENDED else None
    return Line(
        initiative=row,
        verdict=verdict(standing),
        late_people=standing.late_people,
        open_resistance=standing.open_resistance,
        severe=standing.severe,
        late_actions=standing.late_actions,
        next_on=next_on,
        next_words=known[next_on] if next_on else "",
    )


def _with_dates(rows: Any, today: date) -> Any:
    """Adds when training is due next, None for never."""
    return rows.annotate(next_training_on=_first(_training(), "plan__initiative", today))


def _training() -> QuerySet[TrainingRecord]:
    return TrainingRecord.objects.outstanding().filter(plan__initiative=OuterRef("pk"))


def _next_on(user: User, today: date) -> Least:
    """The next date of all, for the order alone: what is shown is read without it."""
    actions = MitigationAction.objects.open().visible_to(user).filter(initiative=OuterRef("pk"))
    # Cast: MariaDB makes texts of dates that it compares with a literal.
    never = Cast(Value(NEVER), DateField())
    ahead = When(go_live_on__gte=today, then=F("go_live_on"))
    return Least(
        Case(ahead, default=never, output_field=DateField()),
        Coalesce(_first(_training(), "plan__initiative", today), never),
        Coalesce(_first(actions, "initiative", today), never),
    )


def _first(rows: QuerySet[Any], path: str, today: date) -> Subquery:
    dated = rows.filter(due_on__gte=today).order_by().values(path)
    return Subquery(dated.annotate(first=Min("due_on")).values("first"), output_field=DateField())


def _in_order(rows: Any, sort: str, user: User, today: date) -> Any:
    if sort == "title":
        return rows.order_by("title", "pk")
    if sort == "next":
        return rows.order_by(_next_on(user, today), "-pk")
    if sort == "late":
        late = TrainingRecord.objects.overdue(today).filter(plan__initiative=OuterRef("pk"))
        people = (
            late.order_by().values("plan__initiative").annotate(n=Count("person", distinct=True))
        )
        return rows.annotate(late=Coalesce(Subquery(people.values("n")), 0)).order_by(
            "-late", "-pk"
        )
    return rows.order_by("-pk")
