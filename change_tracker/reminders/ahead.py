"""The next two weeks of mail of an initiative or a person: asked for, worked out by the tick, read.

A page only writes down that it is wanted: planning for real, even to take it back, is no work for a
web request.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst

from change_tracker.core.access import User
from change_tracker.core.clock import Clock
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.forecast import Coming, PlannerBusyError, forecast
from change_tracker.reminders.models import Forecast, Reminder
from change_tracker.reminders.models.reminders import NOBODY_ELSES
from change_tracker.reminders.owed import Within
from change_tracker.reminders.policywords import when_of

To, Kind = Reminder.To, Reminder.Kind
DAYS = 14
#: So many people of one line are named, where they may be.
MOST_NAMED = 5
#: After so long a run begins with no other one, as mail must not wait: one of an initiative with
#: 5,000 people takes a minute, one of a person seconds.
LOOK_FOR = timedelta(seconds=30)
#: A forecast that nobody has asked for since is deleted.
KEPT = timedelta(days=14)


def ask_ahead(
    *, initiative: Initiative | None = None, person: Person | None = None, now: datetime
) -> Forecast:
    """Have it worked out with the next run; asking twice before that is asking once."""
    # Also where it waits: a worker may be at it, without what was done since.
    found, _is_new = Forecast.objects.update_or_create(
        initiative=initiative, person=person, defaults={"asked_at": now}
    )
    return found


def look_ahead(*, clock: Clock, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Work out what was asked for, the oldest first; returns how many. Twice at once is harmless.

    While another planner works, the rest waits for the next run.
    """
    done, began = 0, clock()
    for each in Forecast.objects.waiting().order_by("asked_at"):
        now = clock()
        if should_stop() or now - began > LOOK_FOR:
            break
        try:
            lines = _lines(each, now)
        except PlannerBusyError:
            break
        # What was asked for while it was worked out is worked out again.
        Forecast.objects.filter(pk=each.pk).update(lines=lines, made_at=max(now, each.asked_at))
        done += 1
    return done


def forget_forecasts(*, now: datetime) -> int:
    """Delete those that nobody asked for in two weeks; returns how many."""
    deleted, _by_model = Forecast.objects.all().over(now - KEPT).delete()
    return deleted


def _lines(row: Forecast, now: datetime) -> list[dict[str, Any]]:
    """What leaves, alike together; bounded by days, kinds and titles, not by people."""
    only = Within(row.initiative_id, row.person_id)
    alike: dict[tuple[str, ...], list[Coming]] = defaultdict(list)
    for each in forecast(now=now, days=DAYS - 1, only=only):
        told = each.reminder
        if row.person_id is None and told.kind in NOBODY_ELSES:
            continue
        on = told.digest.local_on if told.digest else each.leaves_at.date()
        alike[on.isoformat(), told.kind, told.step, told.to, _title(each)].append(each)
    return [
        {
            **dict(zip(("on", "kind", "step", "to", "title"), key, strict=True)),
            "people": len(recipients := _recipients(some)),
            "named": [person.pk for person in recipients[:MOST_NAMED]],
        }
        for key, some in sorted(alike.items())
    ]


def _recipients(some: Iterable[Coming]) -> list[Person]:
    people = {each.reminder.recipient_id: each.reminder.recipient for each in some}
    return sorted(people.values(), key=lambda each: (each.display_name, each.pk))


def _title(coming: Coming) -> str:
    """What it is about; of what people say, and of what has many parts, nothing."""
    told = coming.reminder
    if told.feedback_id or told.team_id:
        return ""
    if told.extension is not None:
        return str(told.extension.record.activity)
    return coming.about


# ---- reading


@dataclass(frozen=True, slots=True)
class Line:
    """What some people get on one day: what, why then, about what; `names` are those whom the
    reader may know, `more` how many others there are.
    """

    what: str
    when: str
    to: str
    title: str
    names: list[str]
    more: int


@dataclass(frozen=True, slots=True)
class Day:
    """All of one day."""

    on: date
    lines: list[Line]


def names_in(rows: Iterable[Forecast], user: User, named: Collection[int | None]) -> dict[int, str]:
    """The people whom `user` may know of these forecasts, by key. One query.

    `named` are the initiatives of which they may read who has training. Who leads or sponsors is
    known to everybody in it; of others there is a number.
    """
    ids = {
        pk
        for row in rows
        for line in row.lines
        if row.initiative_id in named or line["to"] in {To.LEAD, To.SPONSOR}
        for pk in line["named"]
    }
    known = Person.objects.visible_to(user).filter(pk__in=ids)
    return dict(known.values_list("pk", "display_name"))


def days_of(row: Forecast, known: Mapping[int, str], *, named: bool) -> list[Day]:
    """What leaves, day by day, in the reader's language; no query. `known` are the `names_in` it;
    `named`: whether they may be told who has training.
    """
    by_day: dict[str, list[Line]] = defaultdict(list)
    for each in row.lines:
        may_name = named or each["to"] in {To.LEAD, To.SPONSOR}
        names = [known[pk] for pk in each["named"] if may_name and pk in known]
        by_day[each["on"]].append(_line(each, names))
    return [Day(date.fromisoformat(on), lines) for on, lines in by_day.items()]


def own_days(row: Forecast | None, today: date) -> list[Day]:
    """The same of a person, who is told no names; without the days that are over."""
    return open_days(days_of(row, {}, named=False), today) if row else []


def _line(line: dict[str, Any], names: list[str]) -> Line:
    return Line(
        what=str(capfirst(Kind(line["kind"]).label)),
        when=when_of(line["kind"], line["step"]),
        to=str(To(line["to"]).label),
        title=line["title"],
        names=names,
        more=line["people"] - len(names),
    )


def forecast_of(
    user: User, *, initiative: Initiative | None = None, person: Person | None = None
) -> Forecast | None:
    """The one that there is, as `user` may read it. One query."""
    rows: Any = Forecast.objects.visible_to(user)
    found: Forecast | None = rows.filter(Q(initiative=initiative, person=person)).first()
    return found


def open_days(days: Iterable[Day], today: date) -> list[Day]:
    """Those that are not over."""
    return [each for each in days if each.on >= today]
