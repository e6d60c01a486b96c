"""Due rules in words; no queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext_lazy

from change_tracker.core.text import short_date
from change_tracker.training.models import DueRule, DueUnit, Moved, TrainingRecord
from change_tracker.training.models.dues import WithDueRule


class Reason(NamedTuple):
    """A group through which somebody has a plan, and the rule that it has now."""

    group: str
    due_rule: str
    due_days: int | None
    due_unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhySentence:
    """The parts of the answer to "why was I given this?", each in the reader's language."""

    purpose: str
    groups: tuple[str, ...]
    rule: str
    #: what it is meant to help with, in sentences for people
    answers: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The groups in one phrase, such as "Counter staff and Repairs"."""
        return str(get_text_list(list(self.groups), gettext("and")))


DAYS, WORKING = str(DueUnit.DAYS), str(DueUnit.WORKING_DAYS)

#: About anybody: on the pages of plans.
RULES: dict[tuple[str, str], Any] = {
    (DueRule.ASSIGNED, DAYS): ngettext_lazy(
        "due %(days)s day after it is assigned", "due %(days)s days after it is assigned", "days"
    ),
    (DueRule.ASSIGNED, WORKING): ngettext_lazy(
        "due %(days)s working day after it is assigned",
        "due %(days)s working days after it is assigned",
        "days",
    ),
    (DueRule.JOINED_GROUP, DAYS): ngettext_lazy(
        "due %(days)s day after joining the group",
        "due %(days)s days after joining the group",
        "days",
    ),
    (DueRule.JOINED_GROUP, WORKING): ngettext_lazy(
        "due %(days)s working day after joining the group",
        "due %(days)s working days after joining the group",
        "days",
    ),
    (DueRule.HIRED, DAYS): ngettext_lazy(
        "due %(days)s day after the first day at work",
        "due %(days)s days after the first day at work",
        "days",
    ),
    (DueRule.HIRED, WORKING): ngettext_lazy(
        "due %(days)s working day after the first day at work",
        "due %(days)s working days after the first day at work",
        "days",
    ),
    (DueRule.BEFORE_GO_LIVE, DAYS): ngettext_lazy(
        "due %(days)s day before go-live", "due %(days)s days before go-live", "days"
    ),
    (DueRule.BEFORE_GO_LIVE, WORKING): ngettext_lazy(
        "due %(days)s working day before go-live",
        "due %(days)s working days before go-live",
        "days",
    ),
    (DueRule.GO_LIVE, DAYS): ngettext_lazy(
        "due %(days)s day after go-live", "due %(days)s days after go-live", "days"
    ),
    (DueRule.GO_LIVE, WORKING): ngettext_lazy(
        "due %(days)s working day after go-live",
        "due %(days)s working days after go-live",
        "days",
    ),
    (DueRule.PREVIOUS_ITEM, DAYS): ngettext_lazy(
        "due %(days)s day after the activity before it is done",
        "due %(days)s days after the activity before it is done",
        "days",
    ),
    (DueRule.PREVIOUS_ITEM, WORKING): ngettext_lazy(
        "due %(days)s working day after the activity before it is done",
        "due %(days)s working days after the activity before it is done",
        "days",
    ),
}

#: To the person: on their own page, in the API and in mails.
YOURS: dict[tuple[str, str], Any] = {
    (DueRule.ASSIGNED, DAYS): ngettext_lazy(
        "It is due %(days)s day after it was assigned to you.",
        "It is due %(days)s days after it was assigned to you.",
        "days",
    ),
    (DueRule.ASSIGNED, WORKING): ngettext_lazy(
        "It is due %(days)s working day after it was assigned to you.",
        "It is due %(days)s working days after it was assigned to you.",
        "days",
    ),
    (DueRule.HIRED, DAYS): ngettext_lazy(
        "It is due %(days)s day after your first day at work here.",
        "It is due %(days)s days after your first day at work here.",
        "days",
    ),
    (DueRule.HIRED, WORKING): ngettext_lazy(
        "It is due %(days)s working day after your first day at work here.",
        "It is due %(days)s working days after your first day at work here.",
        "days",
    ),
    (DueRule.BEFORE_GO_LIVE, DAYS): ngettext_lazy(
        "It is due %(days)s day before go-live, the start of the new way.",
        "It is due %(days)s days before go-live, the start of the new way.",
        "days",
    ),
    (DueRule.BEFORE_GO_LIVE, WORKING): ngettext_lazy(
        "It is due %(days)s working day before go-live, the start of the new way.",
        "It is due %(days)s working days before go-live, the start of the new way.",
        "days",
    ),
    (DueRule.GO_LIVE, DAYS): ngettext_lazy(
        "It is due %(days)s day after go-live, the start of the new way.",
        "It is due %(days)s days after go-live, the start of the new way.",
        "days",
    ),
    (DueRule.GO_LIVE, WORKING): ngettext_lazy(
        "It is due %(days)s working day after go-live, the start of the new way.",
        "It is due %(days)s working days after go-live, the start of the new way.",
        "days",
    ),
    (DueRule.PREVIOUS_ITEM, DAYS): ngettext_lazy(
        "It is due %(days)s day after you have done the activity before it.",
        "It is due %(days)s days after you have done the activity before it.",
        "days",
    ),
    (DueRule.PREVIOUS_ITEM, WORKING): ngettext_lazy(
        "It is due %(days)s working day after you have done the activity before it.",
        "It is due %(days)s working days after you have done the activity before it.",
        "days",
    ),
}
JOINED_ANY: dict[str, Any] = {
    DAYS: ngettext_lazy(
        "It is due %(days)s day after you joined the group.",
        "It is due %(days)s days after you joined the group.",
        "days",
    ),
    WORKING: ngettext_lazy(
        "It is due %(days)s working day after you joined the group.",
        "It is due %(days)s working days after you joined the group.",
        "days",
    ),
}
JOINED_ONE: dict[str, Any] = {
    DAYS: ngettext_lazy(
        "It is due %(days)s day after you joined “%(group)s”.",
        "It is due %(days)s days after you joined “%(group)s”.",
        "days",
    ),
    WORKING: ngettext_lazy(
        "It is due %(days)s working day after you joined “%(group)s”.",
        "It is due %(days)s working days after you joined “%(group)s”.",
        "days",
    ),
}


def due_rule_words(row: WithDueRule | TrainingRecord, today: date) -> str:
    """When it is due, by the rule of a group or an item, or as a record keeps it."""
    if row.due_rule == DueRule.FIXED and row.due_on:
        return gettext("due %(day)s") % {"day": short_date(row.due_on, today)}
    if row.due_days == 0:
        return gettext("due on the day of go-live")
    if words := RULES.get((row.due_rule, row.due_unit)):
        return str(words % {"days": row.due_days})
    return gettext("no due date")


def opens_after(title: str) -> str:
    """Said of work whose turn has not come."""
    if not title:
        return gettext("Opens later")
    return gettext("Opens after “%(title)s”") % {"title": title}


def your_rule(record: TrainingRecord, reasons: list[Reason]) -> str:
    """Where the due date of a record comes from, to the person; also why it is another one."""
    said = _your_rule(record, reasons)
    moved = moved_words(record.due_moved)
    return f"{said} {moved}" if moved else said


def moved_words(moved: str) -> str:
    """Why a date is not the one that its rule says; nothing where it is."""
    if moved == Moved.PAST:
        return gettext("That day had passed, so the date moved.")
    if moved == Moved.TOO_SOON:
        return gettext("That would have been too soon, so the date moved.")
    return ""


def _your_rule(record: TrainingRecord, reasons: list[Reason]) -> str:
    if record.due_rule == DueRule.FIXED and record.due_on:
        return _fixed(record, record.due_on)
    if record.due_rule == DueRule.JOINED_GROUP:
        group = _group_of(record, reasons)
        words = (JOINED_ONE if group else JOINED_ANY)[record.due_unit]
        return str(words % {"days": record.due_days, "group": group})
    if record.due_days == 0:
        return gettext("It is due on the day of go-live, the start of the new way.")
    if words := YOURS.get((record.due_rule, record.due_unit)):
        return str(words % {"days": record.due_days})
    if record.due_on is None:
        return gettext("There is no due date.")
    return gettext("It is due on %(date)s.") % {"date": short_date(record.due_on)}


def _fixed(record: TrainingRecord, due_on: date) -> str:
    day = {"date": short_date(due_on)}
    if record.due_moved:
        # The fixed date is not kept: what stands here is what it moved to.
        return gettext("It is due on %(date)s.") % day
    return gettext("It is due on %(date)s for everyone in the group.") % day


def _group_of(record: TrainingRecord, reasons: list[Reason]) -> str:
    """The one group whose rule set the date; empty where it can be told no longer."""
    rule = (record.due_rule, record.due_days, record.due_unit)
    own = record.item.due_rule
    names = [reason.group for reason in reasons if own or tuple(reason[1:]) == rule]
    return names[0] if len(names) == 1 else ""
