"""When a reminder leaves for one person: the site's days and hour, and the person's wishes.

Required training is said twice whatever somebody wishes: when it is assigned, and just before it is
due. That is *essential* here: neither a cadence nor a quiet week holds it back. It is said to the
one whose training it is; what others are told of it, and every summary, can be silenced.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, Min, OuterRef, Subquery, When

from change_tracker.people.models.absences import Days
from change_tracker.reminders.models import MailPreference, Reminder
from change_tracker.reminders.rules import Window
from change_tracker.training.models import TrainingRecord

#: What leaves so few days before the due date is the last call.
LAST_CALL_DAYS = 2
#: A quiet week.
QUIET_DAYS = 7


@dataclass(frozen=True, slots=True)
class Pace:
    """When mail may leave for one person; `wishes` is None where they have none."""

    zone: ZoneInfo
    window: Window
    away: Sequence[Days] = ()
    wishes: MailPreference | None = None

    def today(self, now: datetime) -> date:
        """The date on the person's wall."""
        return now.astimezone(self.zone).date()

    def wants(self, *, essential: bool) -> bool:
        """Whether it is to be said at all."""
        return essential or self.wishes is None or self.wishes.cadence != "never"

    def day(self, wanted: date, *, essential: bool) -> date:
        """`wanted`, or the next day on which it may leave."""
        return self._window(essential=essential).workday(wanted, self._away(essential=essential))

    def soonest(self, wanted: date) -> date:
        """The same without a cadence: only days off and a quiet week hold it back."""
        return self._window(essential=True).workday(wanted, self._away(essential=False))

    def opens(self, day: date) -> datetime:
        """From when mail may leave on `day`."""
        return self._window(essential=True).opens(day, self.zone)

    def _window(self, *, essential: bool) -> Window:
        if self.wishes is None:
            return self.window
        hour = self.window.from_hour if self.wishes.from_hour is None else self.wishes.from_hour
        # Of days on which nothing leaves from here, none can be chosen.
        chosen = set(self.wishes.chosen_days) & set(self.window.working_days)
        days = self.window.working_days if essential or not chosen else tuple(sorted(chosen))
        return replace(self.window, from_hour=hour, working_days=days)

    def _away(self, *, essential: bool) -> Sequence[Days]:
        if essential or self.wishes is None or self.wishes.quiet_until is None:
            return self.away
        return (*self.away, (date.min, self.wishes.quiet_until))


def wishes_of(ids: Collection[int]) -> dict[int, MailPreference]:
    """The wishes of those of these persons who have some. One query."""
    return {each.person_id: each for each in MailPreference.objects.filter(person__in=ids)}


def weighed(reminders: Any) -> Any:
    """Adds `due`, the date of what each is about or None, `is_required`, and `starts_at`, when a
    session begins.
    """
    open_work = TrainingRecord.objects.outstanding().filter(enrolment=OuterRef("enrolment"))
    first = open_work.order_by().values("enrolment").annotate(first=Min("due_on")).values("first")
    return reminders.annotate(
        due=Case(When(record=None, then=Subquery(first)), default=F("record__due_on")),
        is_required=Case(
            When(record=None, then=Exists(open_work.required())),
            default=F("record__item__is_required"),
        ),
        starts_at=F("session__starts_at"),
    )


def is_essential(reminder: Any) -> bool:
    """Whether it is one of the two that nobody can silence; of a `weighed` reminder."""
    if reminder.to != Reminder.To.SELF:
        return False
    if not reminder.is_required or reminder.kind == Reminder.Kind.ASSIGNED:
        return bool(reminder.is_required)
    last_call = reminder.due and reminder.due - timedelta(days=LAST_CALL_DAYS)
    return bool(reminder.kind == Reminder.Kind.DUE and reminder.send_on >= last_call)
