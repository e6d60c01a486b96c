"""What is owed when: pure functions of dates, without a database and without a clock."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from change_tracker.core.workdays import Calendar
from change_tracker.people.models.absences import Days
from change_tracker.reminders.models import Reminder, ReminderStep
from change_tracker.reminders.models.policies import MAX_STEP_DAYS
from change_tracker.training.models import DueUnit

About, Moment = ReminderStep.About, ReminderStep.Moment
To, OnDoubt = ReminderStep.To, ReminderStep.OnDoubt
DAY = timedelta(days=1)
EVERY_WEEK = Calendar()
#: By what a step is about: its kind before the day, and after it.
KINDS = {
    About.TRAINING: (Reminder.Kind.DUE, Reminder.Kind.LATE),
    About.ACTION: (Reminder.Kind.ACTION_DUE, Reminder.Kind.ACTION_LATE),
    About.REVIEW: (Reminder.Kind.REVIEW_DUE, Reminder.Kind.REVIEW_DUE),
    About.READING: (Reminder.Kind.READING_DUE, Reminder.Kind.READING_DUE),
}
LATE_KINDS = (Reminder.Kind.LATE, Reminder.Kind.ACTION_LATE)
#: What they say is found out when they leave, so it is true whenever that is.
SUMMARY_KINDS = (Reminder.Kind.TEAM_SUMMARY, Reminder.Kind.LEAD_SUMMARY)
#: Mails about one item to the one whose it is, beside its notice; then it is the lead's.
MOST_MAILS = 4
#: Days in which as many working days fit as a step counts at most, with every holiday.
FARTHEST = 3 * MAX_STEP_DAYS
#: What could not leave for so long is no longer said.
KEPT_FOR = timedelta(hours=72)
#: How far a back-off may stray, so that a crowd does not come back all at once.
JITTER = 0.2
#: Whoever is away until then or longer is not waited for: the end of the calendar is near.
FAR = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One occasion to write; `offset` is from the day that it is about: the due date, or the day of
    the news. `to` says in which part somebody is written to, `about` what kind of thing it is of.
    """

    name: str
    kind: Reminder.Kind
    offset: int
    counts_working_days: bool = False
    to: str = To.SELF
    about: str = About.TRAINING
    holds_on_doubt: bool = False

    @property
    def always_goes(self) -> bool:
        """What is late, and what is summed up, is said, however long the machines were down."""
        return self.kind in (*LATE_KINDS, *SUMMARY_KINDS) or self.offset > 0


ASSIGNED = Step("assigned", Reminder.Kind.ASSIGNED, 0)
EXPIRING = Step("expiring", Reminder.Kind.EXPIRING, 0)
ADDED = Step("added", Reminder.Kind.ADDED, 0)
TEAM_SUMMARY = Step("summary", Reminder.Kind.TEAM_SUMMARY, 0, to=To.MANAGER)
LEAD_SUMMARY = Step("summary", Reminder.Kind.LEAD_SUMMARY, 0, to=To.LEAD)
DUE_7 = Step("due_7", Reminder.Kind.DUE, -7)
DUE_1 = Step("due_1", Reminder.Kind.DUE, -1)
LATE_1 = Step("late_1", Reminder.Kind.LATE, 1)
LATE_4 = Step("late_4", Reminder.Kind.LATE, 4)
#: To the person whose training it is, by the due date, the earliest first: what we bring.
BY_DUE_DATE = (DUE_7, DUE_1, LATE_1, LATE_4)


def step_of(about: str, days: int, unit: str, moment: str, to: str, on_doubt: str) -> Step:
    """The step with these columns. The same columns make the same name, in any policy: what was
    written by one is not written again by another.
    """
    is_after, counts = moment == Moment.AFTER, unit == DueUnit.WORKING_DAYS
    role = "" if to == To.SELF else f"_{to}"
    name = f"{'late' if is_after else 'due'}_{days}{'w' if counts else ''}{role}"
    kind = KINDS[About(about)][is_after]
    hold = on_doubt == OnDoubt.HOLD
    return Step(name, kind, days if is_after else -days, counts, to, about, hold)


def bands(
    ladder: Sequence[Step], today: date, calendar: Calendar = EVERY_WEEK
) -> list[tuple[Step, date | None, date]]:
    """Each step with the days, first and last, whose latest step on `today` it is; the earliest
    step first, those that no day has left out.

    None: there is no first one. What would have expired by now in any week is left out too. The
    date of the assignment is not looked at.
    """
    lasts = {step: last_anchor(step, today, calendar) for step in ladder}
    ordered = sorted(ladder, key=lambda each: lasts[each], reverse=True)
    found = []
    for step, following in zip(ordered, [*ordered[1:], None], strict=False):
        first = None if following is None else lasts[following] + DAY
        if not step.always_goes:
            oldest = last_anchor(step, notice_window(today) - DAY, calendar) + DAY
            first = oldest if first is None else max(first, oldest)
        if first is None or first <= lasts[step]:
            found.append((step, first, lasts[step]))
    return found


def last_anchor(step: Step, today: date, calendar: Calendar = EVERY_WEEK) -> date:
    """The latest day of which `step` has come by `today`."""
    if not step.counts_working_days:
        return today - timedelta(days=step.offset)
    # The later the day, the later its step: found by halving, whatever the holidays.
    span = range(-FARTHEST, FARTHEST)
    place = bisect_right(
        span, today, key=lambda each: day_of(step, today + timedelta(days=each), calendar)
    )
    return today + timedelta(days=span[place - 1])


def day_of(step: Step, anchor_on: date, calendar: Calendar = EVERY_WEEK) -> date:
    """The day on which `step` falls, for that due date or day of the news."""
    if not step.counts_working_days:
        return anchor_on + timedelta(days=step.offset)
    if step.offset < 0:
        return calendar.before(anchor_on, -step.offset)
    return calendar.after(anchor_on, step.offset)


def days(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    return (first + timedelta(days=each) for each in range((last - first).days + 1))


def notice_window(today: date) -> date:
    """The earliest day of news (assigned, added) of which a notice may still leave, in any week.

    It waits for the next working day, and from there for as long as it is kept.
    """
    return today - KEPT_FOR - timedelta(days=6)


def summary_day(today: date, weekdays: Collection[int]) -> date | None:
    """The last day up to `today` that is one of `weekdays` (Monday is 0); None without any."""
    back = [(today.weekday() - each) % 7 for each in weekdays]
    return today - min(back) * DAY if back else None


@dataclass(frozen=True, slots=True)
class Window:
    """When mail may leave: on these weekdays (Monday is 0) that are no holidays, from this hour of
    the recipient.
    """

    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    from_hour: int = 8
    holidays: frozenset[date] = frozenset()

    def workday(self, day: date, away: Sequence[Days] = ()) -> date:
        """`day`, or the next working day after it on which the recipient is not `away`."""
        while True:
            found = self._open_day(day)
            back = max((last for first, last in away if first <= found <= last), default=None)
            if back is None or back >= FAR:
                return found if back is None else FAR
            day = back + timedelta(days=1)

    def _open_day(self, day: date) -> date:
        """The first day from `day` on that is open; `day` itself where none is within a year."""
        following = (day + timedelta(days=each) for each in range(366))
        return next((each for each in following if self._is_open(each)), day)

    def _is_open(self, day: date) -> bool:
        return day.weekday() in self.working_days and day not in self.holidays

    def opens(self, day: date, zone: ZoneInfo) -> datetime:
        """The instant, in UTC, from which mail may leave on `day`."""
        return send_instant(day, zone, time(self.from_hour))


def send_instant(day: date, zone: ZoneInfo, at: time) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` show `at` on `day`.

    Where they show it twice, the first; where they skip it, the first instant after the gap.
    """
    wall = datetime.combine(day, at)
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    # A gap: the offset before it leads past it, the offset after it leads before it.
    return _transition(late, early, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second after `before` at which `zone` has the offset that it has at `after`."""
    target = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        instant = before + timedelta(seconds=middle)
        if instant.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def expires_at(step: Step, leaves_at: datetime) -> datetime | None:
    """When a reminder that should leave at `leaves_at` is no longer worth saying; None: never."""
    return None if step.always_goes else leaves_at + KEPT_FOR


def back_off(attempts: int, minutes: Sequence[int], chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts; None when they are used up.

    `chance`, from 0 to 1, picks a point of the range of ± 20 %.
    """
    if attempts > len(minutes):
        return None
    return timedelta(minutes=minutes[attempts - 1]) * (1 - JITTER + 2 * JITTER * chance)
