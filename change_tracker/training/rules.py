"""When work is due: pure rules, without database and clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from change_tracker.training.models import DueRule
from change_tracker.training.models.plans import WithDueRule


class Moved(StrEnum):
    """Why a date is not the one that the rule says."""

    PAST = "past"
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class Rule:
    """A due rule as stored: a date for `fixed`, days for `joined_group`, neither for none."""

    kind: str = DueRule.NONE
    due_on: date | None = None
    days: int | None = None

    @classmethod
    def of(cls, row: WithDueRule) -> "Rule":
        """The rule that a plan's item or a group's assignment carries."""
        return cls(row.due_rule, row.due_on, row.due_days)


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a plan: the group's rule, since when one is in the group, and from which day
    on the work can be done."""

    rule: Rule
    joined_on: date
    assigned_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """The date of one item for one person. `wanted_on` is what the rule said before it moved."""

    on: date | None = None
    rule: str = DueRule.NONE
    days: int | None = None
    wanted_on: date | None = None
    moved: Moved | None = None


def due_of(item: Rule, place: int, ways: Sequence[Way]) -> Due:
    """The due date of the item at `place` (1 = first) of a plan.

    The item's own rule wins over the group's; through several groups the earliest date wins. A
    date before the day of assigning, or with less than a day for each item up to this one, moves.
    """
    dates = [
        dated(item if item.kind else way.rule, place, way.joined_on, way.assigned_on)
        for way in ways
    ]
    return min((due for due in dates if due.on is not None), key=_earliest, default=Due())


def dated(rule: Rule, place: int, joined_on: date, assigned_on: date) -> Due:
    """The date by one rule. Past days after joining start again on the day of assigning."""
    wanted_on = _wanted(rule, joined_on)
    if wanted_on is None:
        return Due()
    first_possible = assigned_on + timedelta(days=place)
    if wanted_on >= first_possible:
        return Due(wanted_on, rule.kind, rule.days, wanted_on)
    if wanted_on >= assigned_on:
        return Due(first_possible, rule.kind, rule.days, wanted_on, Moved.TOO_SOON)
    again = assigned_on + timedelta(days=rule.days or 0)
    return Due(max(again, first_possible), rule.kind, rule.days, wanted_on, Moved.PAST)


def _wanted(rule: Rule, joined_on: date) -> date | None:
    if rule.kind == DueRule.FIXED:
        return rule.due_on
    if rule.kind == DueRule.JOINED_GROUP and rule.days is not None:
        return joined_on + timedelta(days=rule.days)
    return None


def _earliest(due: Due) -> tuple[date, bool]:
    return due.on or date.max, due.moved is not None
