"""Which initiatives are listed, and in which order: as the address asks for them."""

from collections.abc import Iterator, Mapping
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
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.lists import Asked, Filter, read_asked, words_in
from change_tracker.core.questions import question
from change_tracker.core.searching import has_in_it
from change_tracker.initiatives.head import with_names
from change_tracker.initiatives.models import ENDED, MEMBERS, Initiative, Role, played_by
from change_tracker.initiatives.queries import with_leaders
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.queries import initiatives_with_progress_for, with_training_by
from change_tracker.training.models import TrainingRecord

#: The orders of the list; the first is the one that is shown unasked.
ORDERS = ("new", "title", "late", "next")
#: Comes after every date, on every database, for what has none.
NEVER = date.max


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


class Portfolio:
    """The initiatives that are asked for among those whose figures `user` may read, in order."""

    def __init__(self, user: User, asked: Asked, today: date) -> None:
        self.user, self.today = user, today
        self.values = asked.values

    def __getitem__(self, wanted: Any) -> Any:
        """Some of them, or one."""
        if not isinstance(wanted, slice):
            return self[wanted : wanted + 1][0]
        values = self.values
        asked = (values["state"], values["part"], values["sort"], wanted.start, wanted.stop)
        if values["q"]:  # whose words are new each time
            return list(_portfolio.build(self.user, *asked, values["q"], today=self.today))
        return _portfolio(self.user, *asked, today=self.today)

    def __iter__(self) -> Iterator[Any]:
        """All of them."""
        return iter(self[:])

    def count(self) -> int:
        """How many they are. One query."""
        values = self.values
        return int(_selected(self.user, values["state"], values["part"], values["q"]).count())


@question
def _portfolio(
    user: User,
    state: str,
    part: str,
    sort: str,
    start: int | None,
    stop: int | None,
    words: str = "",
    *,
    today: date,
) -> QuerySet[Any]:
    rows = with_names(_selected(user, state, part, words), user)
    rows = with_leaders(with_training_by(rows, today), today)
    return _in_order(_with_dates(rows, today), sort, user, today)[start:stop]  # type: ignore[no-any-return]  # a queryset


def _selected(user: User, state: str, part: str, words: str) -> QuerySet[Any]:
    rows = initiatives_with_progress_for(user)
    if state == "open":
        rows = rows.exclude(state__in=ENDED)
    elif state == "ended":
        rows = rows.filter(state__in=ENDED)
    elif state != "all":
        rows = rows.filter(state=state)
    if part:
        parts = (Role.LEAD,) if part == "led" else MEMBERS
        rows = rows.filter(pk__in=played_by(user, *parts))
    for word in words_in(words):
        rows = rows.filter(has_in_it("title", word))
    return rows


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
