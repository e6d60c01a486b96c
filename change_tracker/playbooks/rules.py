"""Days from go-live become dates: pure rules, without database and clock."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from change_tracker.core.workdays import Calendar, day_after
from change_tracker.training.models import DueRule, DueUnit


class Moved(models.TextChoices):
    """Why a date is not the one that the playbook says."""

    PAST = "past", _("that day has passed")
    WEEKEND = "weekend", _("that is no working day of the week")
    HOLIDAY = "holiday", _("that is a holiday")


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of a line; `wanted_on` is what the playbook said before it moved.

    None while go-live is not known, and for a line without a date.
    """

    on: date | None = None
    wanted_on: date | None = None
    moved: Moved | None = None


def dated(go_live_on: date | None, days: int | None, today: date, calendar: Calendar) -> Dated:
    """The working day for what is due `days` from go-live (below 0: before it).

    A day that has passed becomes the first working day from `today`. A day off becomes the last
    working day before it when it prepares go-live, unless that has passed, else the next one.
    """
    if go_live_on is None or days is None:
        return Dated()
    wanted_on = day_after(go_live_on, days)
    if wanted_on < today:
        return Dated(_next(today, calendar), wanted_on, Moved.PAST)
    if calendar.is_working(wanted_on):
        return Dated(wanted_on, wanted_on)
    before = calendar.before(wanted_on, 1)
    on = before if days < 0 and before >= today else _next(wanted_on, calendar)
    holiday = wanted_on in calendar.holidays
    return Dated(on, wanted_on, Moved.HOLIDAY if holiday else Moved.WEEKEND)


def follows(given_on: date | None, due: Dated, today: date) -> bool:
    """Whether a date that was given moves to `due`: what is late does not become due today only
    because go-live moved a little.
    """
    is_late = given_on is not None and given_on < today
    return not (is_late and due.moved == Moved.PAST)


def days_from(go_live_on: date | None, day: date | None) -> int | None:
    """The way back: how many days from go-live `day` is; None where one of them is not known."""
    return None if go_live_on is None or day is None else (day - go_live_on).days


def as_rule(days: int | None) -> dict[str, str | int | None]:
    """Days from go-live as the due rule of training; no rule without them."""
    if days is None:
        return {"due_rule": DueRule.NONE, "due_days": None, "due_unit": DueUnit.DAYS}
    rule = DueRule.BEFORE_GO_LIVE if days < 0 else DueRule.GO_LIVE
    return {"due_rule": rule, "due_days": abs(days), "due_unit": DueUnit.DAYS}


def _next(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working(day) else calendar.after(day, 1)
