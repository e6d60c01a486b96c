"""What is owed when: pure functions of dates, without a database and without a clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from change_tracker.people.models.absences import Days
from change_tracker.reminders.models import Reminder

#: What could not leave for so long is no longer said.
KEPT_FOR = timedelta(hours=72)
#: How far a back-off may stray, so that a crowd does not come back all at once.
JITTER = 0.2
#: Whoever is away until then or longer is not waited for: the end of the calendar is near.
FAR = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One occasion to write; `offset` is in days from the due date, or from the day of the news."""

    name: str
    kind: Reminder.Kind
    offset: int

    @property
    def always_goes(self) -> bool:
        """What is late is said, however long the machines were down."""
        return self.kind is Reminder.Kind.LATE

    def anchor(self, today: date) -> date:
        """The due date of those whose step falls on `today`."""
        return today - timedelta(days=self.offset)


ASSIGNED = Step("assigned", Reminder.Kind.ASSIGNED, 0)
ADDED = Step("added", Reminder.Kind.ADDED, 0)
DUE_7 = Step("due_7", Reminder.Kind.DUE, -7)
DUE_1 = Step("due_1", Reminder.Kind.DUE, -1)
LATE_1 = Step("late_1", Reminder.Kind.LATE, 1)
LATE_4 = Step("late_4", Reminder.Kind.LATE, 4)
#: By the due date, the earliest first.
BY_DUE_DATE = (DUE_7, DUE_1, LATE_1, LATE_4)


def latest_step(*, today: date, due_on: date, assigned_on: date | None) -> Step | None:
    """The latest step whose day has come; those before it are superseded, not caught up.

    A step that fell on the day of the assignment or before was never owed: the notice of the
    assignment names the date. Being late is said in any case.
    """
    for step in reversed(BY_DUE_DATE):
        day = day_of(step, due_on)
        if day <= today and (step.always_goes or assigned_on is None or assigned_on < day):
            return step
    return None


def band(step: Step, today: date) -> tuple[date | None, date]:
    """The due dates, first and last, whose latest step on `today` is `step`.

    None: there is no first one. The date of the assignment is not looked at.
    """
    following = BY_DUE_DATE.index(step) + 1
    last = step.anchor(today)
    if following == len(BY_DUE_DATE):
        return None, last
    return BY_DUE_DATE[following].anchor(today) + timedelta(days=1), last


def day_of(step: Step, anchor_on: date) -> date:
    """The day on which `step` falls, for that due date or assignment."""
    return anchor_on + timedelta(days=step.offset)


def days(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    return (first + timedelta(days=each) for each in range((last - first).days + 1))


def notice_window(today: date) -> date:
    """The earliest day of news (assigned, added) of which a notice may still leave, in any week.

    It waits for the next working day, and from there for as long as it is kept.
    """
    return today - KEPT_FOR - timedelta(days=6)


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
