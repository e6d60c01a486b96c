"""When work is due: pure rules, without database and clock."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from change_tracker.core.workdays import Calendar, day_after
from change_tracker.training.models import DueRule, DueUnit, Moved
from change_tracker.training.models.dues import WithDueRule


@dataclass(frozen=True, slots=True)
class Rule:
    """A due rule as stored: a date for `fixed`, days and their unit for the rest."""

    kind: str = DueRule.NONE
    due_on: date | None = None
    days: int | None = None
    unit: str = DueUnit.DAYS

    @classmethod
    def of(cls, row: WithDueRule) -> "Rule":
        """The rule that a plan's item or a group's assignment carries."""
        return cls(row.due_rule, row.due_on, row.due_days, row.due_unit)


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a plan: the group's rule, and the days that rules of this person count from.

    `assigned_on` is the day from which the work can be done. Unknown days are None.
    """

    rule: Rule
    joined_on: date
    assigned_on: date
    hired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the dates of everyone depend on: working days, go-live."""

    calendar: Calendar = field(default_factory=Calendar)
    go_live_on: date | None = None


DEFAULT = Setting()


@dataclass(frozen=True, slots=True)
class Due:
    """The date of one item for one person, and the rule that it came by.

    `on` is None without a rule, and while the day that it counts from is not known. `wanted_on` is
    what the rule said before it moved.
    """

    on: date | None = None
    rule: str = DueRule.NONE
    days: int | None = None
    unit: str = DueUnit.DAYS
    wanted_on: date | None = None
    moved: Moved | None = None

    @property
    def moved_word(self) -> str:
        """Why it moved, as records store it."""
        return self.moved or ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One item on somebody's way through a plan; `done_on` also where they are exempt from it."""

    is_required: bool
    done_on: date | None
    is_exempt: bool = False


def due_of(
    item: Rule,
    place: int,
    ways: Sequence[Way],
    setting: Setting = DEFAULT,
    *,
    is_first: bool = False,
) -> Due:
    """The due date of the item at `place` (1 = first) of a plan.

    The item's own rule wins over the group's; through several groups the earliest known date wins.
    A date before the day of assigning, or with less than a day for each item up to this one,
    moves. `is_first`: no required item comes before it, so that it waits for nothing.
    """
    dates = [
        _by_way(item if item.kind else way.rule, place, way, setting, is_first=is_first)
        for way in ways
    ]
    return min((due for due in dates if due.rule), key=_earliest, default=Due())


def _by_way(rule: Rule, place: int, way: Way, setting: Setting, *, is_first: bool) -> Due:
    anchors = {
        DueRule.ASSIGNED: way.assigned_on,
        DueRule.JOINED_GROUP: way.joined_on,
        DueRule.HIRED: way.hired_on,
        DueRule.GO_LIVE: setting.go_live_on,
        DueRule.BEFORE_GO_LIVE: setting.go_live_on,
    }
    waits = rule.kind == DueRule.PREVIOUS_ITEM and is_first
    if waits or (rule.kind == DueRule.HIRED and way.hired_on is None):
        # There is nothing to count from, and never will be: it counts from assigning, and says so.
        rule = Rule(DueRule.ASSIGNED, None, rule.days, rule.unit)
    anchor = anchors.get(DueRule(rule.kind)) if rule.kind else None
    return dated(rule, place, anchor, way.assigned_on, setting.calendar)


def dated(
    rule: Rule, place: int, anchor: date | None, assigned_on: date, calendar: Calendar
) -> Due:
    """The date by one rule that counts from `anchor`; without a date where that is not known.

    Days after a day that are over when the work is assigned start again on the day of assigning.
    """
    wanted_on = counted(rule, anchor, calendar)
    if wanted_on is None:
        return Due(None, rule.kind, rule.days, rule.unit)
    first_possible = assigned_on + timedelta(days=place)
    if wanted_on >= first_possible:
        return Due(wanted_on, rule.kind, rule.days, rule.unit, wanted_on)
    if wanted_on >= assigned_on:
        return Due(first_possible, rule.kind, rule.days, rule.unit, wanted_on, Moved.TOO_SOON)
    again = ahead(rule, assigned_on, calendar)
    return Due(max(again, first_possible), rule.kind, rule.days, rule.unit, wanted_on, Moved.PAST)


def counted(rule: Rule, anchor: date | None, calendar: Calendar) -> date | None:
    """The date that the rule says; None without a rule, or without a day to count from."""
    if rule.kind == DueRule.FIXED:
        return rule.due_on
    if not rule.kind or anchor is None or rule.days is None:
        return None
    if rule.kind != DueRule.BEFORE_GO_LIVE:
        return _after(rule, anchor, calendar)
    if rule.unit == DueUnit.WORKING_DAYS:
        return calendar.before(anchor, rule.days)
    return day_after(anchor, -rule.days)


def ahead(rule: Rule, day: date, calendar: Calendar) -> date:
    """Where days that are over begin again; a rule about go-live or a date leaves no time."""
    counts_again = {DueRule.ASSIGNED, DueRule.JOINED_GROUP, DueRule.HIRED, DueRule.PREVIOUS_ITEM}
    return _after(rule, day, calendar) if rule.kind in counts_again else day


def _after(rule: Rule, day: date, calendar: Calendar) -> date:
    if rule.unit == DueUnit.WORKING_DAYS:
        return calendar.after(day, rule.days or 0)
    return day_after(day, rule.days or 0)


def _earliest(due: Due) -> tuple[date, bool]:
    return due.on or date.max, due.moved is not None


def valid_until(day: date, months: int | None) -> date | None:
    """Until when something counts that was done on `day`; None: for good.

    The same day so many months later, or the last of a month that is too short for it.
    """
    if months is None:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def turn_of(before: Iterable[Turn], assigned_on: date) -> date | None:
    """Since when it is the turn of the item that comes after `before`; None: not yet.

    It waits for the last required item before it from which the person is not exempt; optional
    ones hold nobody up. With nothing to wait for, since the day of assigning.
    """
    since = assigned_on
    for turn in reversed([turn for turn in before if turn.is_required]):
        if turn.done_on is None:
            return None
        since = max(since, turn.done_on)
        if not turn.is_exempt:
            break
    return since
