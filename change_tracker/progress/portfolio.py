"""Initiatives side by side, each with its verdict: what was asked for, in sets, not one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    Min,
    OuterRef,
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
from change_tracker.initiatives.head import reads_register, with_head
from change_tracker.initiatives.models import MEMBERS, Initiative, Role, played_by
from change_tracker.initiatives.queries import with_leaders
from change_tracker.initiatives.services.lifecycle import ENDED
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.gaplines import LateUnit
from change_tracker.progress.gaps import late_in, registers_of
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
    return _in_order(_with_dates(rows, user, today), asked.sort, today)  # type: ignore[no-any-return]  # a queryset


def lines_of(user: User, initiatives: Sequence[Any], today: date) -> list[Line]:
    """What is said of each of `initiatives`, rows of `portfolio_of`. Two queries."""
    late = late_in(initiatives, today)
    heard = registers_of(user, initiatives, only_open=True)
    lines = []
    for row in initiatives:
        units = late.get(row.pk, ())
        worst = units[0] if units else LateUnit("", 0)
        register = heard.get(row.pk, ()) if reads_register(user, row) else None
        standing = Standing(
            state=row.state,
            go_live_in=(row.go_live_on - today).days if row.go_live_on else None,
            enrolled=row.is_enrolled,
            due=row.is_due,
            late_people=sum(unit.people for unit in units),
            late_unit=worst.name,
            late_in_unit=worst.people,
            open_resistance=None if register is None else len(register),
            severe=sum(each.is_severe for each in register or ()),
            severe_unanswered=sum(each.is_severe and each.lacks_answer for each in register or ()),
            late_actions=row.late_actions,
            is_led=row.is_led,
        )
        lines.append(_line(row, standing))
    return lines


def _line(row: Any, standing: Standing) -> Line:
    words = {
        row.next_training_on: _("training is due"),
        row.next_action_on: _("an action is due"),
        row.go_live_ahead: _("go-live"),
    }
    has_next = row.next_on != NEVER and row.state not in ENDED
    return Line(
        initiative=row,
        verdict=verdict(standing),
        late_people=standing.late_people,
        open_resistance=standing.open_resistance,
        severe=standing.severe,
        next_on=row.next_on if has_next else None,
        next_words=words[row.next_on] if has_next else "",
    )


def _with_dates(rows: Any, user: User, today: date) -> Any:
    """Adds `late_actions`, and the next dates of go-live, training and actions, NEVER for none."""
    training = TrainingRecord.objects.outstanding().filter(plan__initiative=OuterRef("pk"))
    actions = MitigationAction.objects.open().visible_to(user).filter(initiative=OuterRef("pk"))
    rows = rows.annotate(late_actions=_late_actions(user, today))
    # Cast: MariaDB makes texts of dates that it compares with a literal.
    never = Cast(Value(NEVER), DateField())
    ahead = When(go_live_on__gte=today, then=F("go_live_on"))
    rows = rows.annotate(
        go_live_ahead=Case(ahead, default=never, output_field=DateField()),
        next_training_on=Coalesce(_first(training, "plan__initiative", today), never),
        next_action_on=Coalesce(_first(actions, "initiative", today), never),
    )
    return rows.annotate(next_on=Least("go_live_ahead", "next_training_on", "next_action_on"))


def _first(rows: QuerySet[Any], path: str, today: date) -> Subquery:
    dated = rows.filter(due_on__gte=today).order_by().values(path)
    return Subquery(dated.annotate(first=Min("due_on")).values("first"), output_field=DateField())


def _in_order(rows: Any, sort: str, today: date) -> Any:
    if sort == "title":
        return rows.order_by("title", "pk")
    if sort == "next":
        return rows.order_by("next_on", "-pk")
    if sort == "late":
        late = TrainingRecord.objects.overdue(today).filter(plan__initiative=OuterRef("pk"))
        people = (
            late.order_by().values("plan__initiative").annotate(n=Count("person", distinct=True))
        )
        return rows.annotate(late=Coalesce(Subquery(people.values("n")), 0)).order_by(
            "-late", "-pk"
        )
    return rows.order_by("-pk")


def _late_actions(user: User, today: date) -> Coalesce:
    late = MitigationAction.objects.late(today).visible_to(user).filter(initiative=OuterRef("pk"))
    counted = late.order_by().values("initiative").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)
