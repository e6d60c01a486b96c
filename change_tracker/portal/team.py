"""What managers read of the people who report to them: late, open or done, and what comes.

Nothing else: no scores, no time spent, no ranking, and nothing that was said without a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from change_tracker.core.access import User
from change_tracker.core.clock import midnight
from change_tracker.core.together import Part, read_together
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import AudienceMember, OrgUnit, Person
from change_tracker.people.queries import holidays_in
from change_tracker.training.models import Session, TrainingPlan, TrainingRecord
from change_tracker.training.models.records import OPEN_STATES
from change_tracker.training.standing import Standing
from change_tracker.training.waiting import waiting_from

#: What managers read, worst first; what is exempt or no longer needed is no business of theirs.
READ = (Standing.LATE, Standing.OPEN, Standing.DONE)
AHEAD_DAYS = 366
#: So long a session stays, so that its page is found to record who was there.
SESSION_DAYS = 7
RUNNING = ("active", "on_hold", "sustaining")


@dataclass(frozen=True, slots=True)
class Dues:
    """Pieces of training in one standing that are due in one month; None for no date."""

    standing: str
    month: date | None
    pieces: int
    people: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Event:
    """A go-live (`kind` is its name), a session or an action on a day.

    `minutes` are asked of the team beside what its training takes; `pk` is that of the row.
    """

    kind: str
    on: date
    title: str
    initiative: str
    slug: str
    minutes: int
    pk: int


def reports_of(user: User, *, direct: bool) -> Any:
    """The people who report to `user`, at any depth or directly."""
    people: Any = Person.objects.visible_to(user)
    return people.reporting_directly_to(user) if direct else people.team_of(user)


def people_of(user: User, today: date, *, direct: bool) -> list[Any]:
    """They with `is_late` and `is_direct`, by name; who has no `user` cannot sign in. One query."""
    late = TrainingRecord.objects.overdue(today).filter(person=OuterRef("pk"))
    directly = Person.objects.reporting_directly_to(user).filter(pk=OuterRef("pk"))
    rows = reports_of(user, direct=direct).annotate(
        is_late=Exists(late), is_direct=Exists(directly)
    )
    return list(rows.only("display_name", "user").order_by("display_name", "pk"))


def records_of(user: User, today: date, *, direct: bool) -> Any:
    """The training of the team, with `standing`."""
    rows: Any = TrainingRecord.objects.visible_to(user)
    team = reports_of(user, direct=direct)
    return _with_standing(rows.filter(person__in=team.ids()), today)


def records_in(standing: str, rows: Any, today: date) -> Any:
    """Those of `rows` in one standing, what is due first before the rest; done ones last first.

    `holidays` are those on which it could not be done since it was due.
    """
    due = F("due_on").desc if standing == Standing.DONE else F("due_on").asc
    found = (
        rows.filter(standing=standing)
        .select_related("person__unit", "activity", "plan__initiative")
        .annotate(holidays=holidays_in(OuterRef("due_on"), today))
    )
    return found.order_by(due(nulls_last=True), "person__display_name", "pk")


def waiting_of(user: User) -> dict[str, Any]:
    """What the team waits for from `user`, whoever of it is looked at. One query."""
    team = reports_of(user, direct=False).order_by().values("pk")
    return waiting_from(team, user)


def dues_of(rows: Any) -> list[Dues]:
    """How much of `rows` stands how, by the month in which it is due. One query."""
    months = rows.annotate(month=TruncMonth("due_on")).order_by().values_list("standing", "month")
    counted = months.annotate(
        pieces=Count("pk"), people=Count("person", distinct=True), asked=Sum("activity__minutes")
    )
    return [Dues(*each) for each in counted]


@dataclass(frozen=True, slots=True)
class Choices:
    """What training can be found by: units and plans, by name."""

    units: Sequence[tuple[int, str]]
    plans: Sequence[tuple[int, str]]


def choices_of(rows: Any) -> Choices:
    """The units and plans of `rows` of training. One query."""
    return _choices(*read_together(*_choosable(rows)))


def events_of(user: User, today: date, *, direct: bool, rows: Any) -> tuple[list[Event], Choices]:
    """Go-lives, sessions and actions of the next twelve months that touch the team, in order.

    Of the last days sessions only: it is still to record who was there. And what `rows` of its
    training can be found by. One query.
    """
    until = today + timedelta(days=AHEAD_DAYS)
    team = reports_of(user, direct=direct).order_by().values("pk")
    units, plans, *found = read_together(
        *_choosable(rows),
        _go_lives(user, team, (today, until)),
        _actions(user, team, (today, until)),
        _sessions(user, team, (today - timedelta(days=SESSION_DAYS), until)),
    )
    events = sorted(chain(*found), key=lambda event: (event.on, event.title, event.pk))
    return events, _choices(units, plans)


def _choosable(rows: Any) -> tuple[Part, Part]:
    units = OrgUnit.objects.filter(pk__in=rows.order_by().values("person__unit"))
    plans = TrainingPlan.objects.filter(pk__in=rows.order_by().values("plan"))
    return Part(units, ("id", "name"), _pair), Part(plans, ("id", "title"), _pair)


def _pair(**values: Any) -> tuple[Any, ...]:
    return tuple(values.values())


def _choices(units: list[tuple[int, str]], plans: list[tuple[int, str]]) -> Choices:
    return Choices(*(sorted(each, key=lambda pair: (pair[1], pair[0])) for each in (units, plans)))


def _sessions(user: User, team: Any, span: tuple[date, date]) -> Part:
    rows: Any = Session.objects.visible_to(user)
    to_do = TrainingRecord.objects.outstanding().filter(
        person__in=team,
        activity=OuterRef("activity"),
        plan__initiative=OuterRef("initiative"),
    )
    first, last = (midnight(day) for day in span)
    dated = rows.filter(starts_at__gte=first, starts_at__lt=last + timedelta(days=1))
    fields = ("starts_at", "activity__title", "initiative__title", "initiative__slug", "id")

    def event(starts_at: datetime, **said: Any) -> Event:
        title, initiative, slug, pk = said.values()
        return Event("session", timezone.localdate(starts_at), title, initiative, slug, 0, pk)

    return Part(dated.filter(Exists(to_do)), fields, event)


def _go_lives(user: User, team: Any, span: tuple[date, date]) -> Part:
    rows: Any = Initiative.objects.visible_to(user)
    touching = rows.affecting(team).filter(state__in=RUNNING, go_live_on__range=span)

    def event(go_live_on: date, title: str, slug: str, id: int) -> Event:  # noqa: A002  a field
        return Event("go-live", go_live_on, title, title, slug, 0, id)

    return Part(touching, ("go_live_on", "title", "slug", "id"), event)


def _actions(user: User, team: Any, span: tuple[date, date]) -> Part:
    rows: Any = MitigationAction.objects.visible_to(user)
    mine = AudienceMember.objects.open().filter(person__in=team)
    through = MitigationAction.audiences.through.objects
    touched = through.filter(audience__in=mine.values("audience")).values("mitigationaction")
    people = (
        mine.filter(
            audience__in=through.filter(mitigationaction=OuterRef(OuterRef("pk"))).values(
                "audience"
            )
        )
        .order_by()
        .values("is_open")
        .annotate(figure=Count("person", distinct=True))
        .values("figure")
    )
    asked = F("minutes") * Coalesce(Subquery(people, output_field=IntegerField()), 0)
    open_ones = rows.open().filter(pk__in=touched, due_on__range=span).annotate(asked=asked)
    fields = ("due_on", "title", "initiative__title", "initiative__slug", "asked", "id")
    return Part(open_ones, fields, lambda **said: Event("action", *said.values()))


def _with_standing(rows: Any, today: date) -> Any:
    is_open = Q(state__in=OPEN_STATES)
    return rows.annotate(
        standing=Case(
            When(is_open & Q(opens_on__isnull=False, due_on__lt=today), then=Value(Standing.LATE)),
            When(is_open, then=Value(Standing.OPEN)),
            When(state="completed", then=Value(Standing.DONE)),
            default=Value(Standing.OUT),
            output_field=CharField(),
        )
    ).filter(standing__in=READ)
