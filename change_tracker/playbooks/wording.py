"""Playbooks in words; no queries."""

from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date
from change_tracker.playbooks.models import PlaybookAction, PlaybookStep
from change_tracker.playbooks.own import INTENDED
from change_tracker.playbooks.services import Applied, Line
from change_tracker.training.duewords import due_rule_words


def offset_words(days: int | None) -> str:
    """When an action is due, as the playbook says it."""
    if days is None:
        return gettext("without a date")
    if days == 0:
        return gettext("on the day of go-live")
    if days < 0:
        text = ngettext("%(days)s day before go-live", "%(days)s days before go-live", -days)
    else:
        text = ngettext("%(days)s day after go-live", "%(days)s days after go-live", days)
    return text % {"days": abs(days)}


def own_words(action: Any) -> list[tuple[str, Any]]:
    """Label and value of what only its kind says, as far as the playbook does; reads its units."""
    found = []
    for name in INTENDED.get(action.kind, ()):
        value = _own_value(action, name)
        if value not in (None, ""):
            field: Any = PlaybookAction._meta.get_field(name)
            label = gettext("evaluate again") if name == "again_days" else field.verbose_name
            found.append((str(capfirst(label)), value))
    return found


def _own_value(action: Any, name: str) -> Any:
    if name == "units":
        return ", ".join(sorted(unit.name for unit in action.units.all()))
    value = getattr(action, name)
    if name == "channel":
        return str(capfirst(action.get_channel_display()))
    return offset_words(value) if name == "again_days" and value is not None else value


def date_words(line: Line, today: date) -> str:
    """The date that a line gets, or what its date falls on where training leaves it there."""
    if line.due.on is None or line.due.wanted_on is None:
        return ""
    wanted, on = short_date(line.due.wanted_on, today), short_date(line.due.on, today)
    if line.due.moved is None:
        return on
    why = line.due.moved.label
    if line.kind == PlaybookStep.Kind.ITEM:
        return gettext("%(date)s (%(why)s)") % {"date": wanted, "why": why}
    said = {"date": on, "wanted": wanted, "why": why}
    return gettext("%(date)s instead of %(wanted)s (%(why)s)") % said


def rule_words(line: Line, today: date) -> str:
    """By when an activity is due, for whoever gets it; its own rule, or that of the plan."""
    row = line.row
    return due_rule_words(row if row.due_rule else row.playbook, today)


def applied_words(applied: Applied) -> str:
    """What applying did, for the page after it."""
    if applied.is_nothing and applied.is_newer:
        return gettext("The newer version is noted here; nothing was changed.")
    if applied.is_nothing:
        return gettext("Everything of it is here already; nothing was changed.")
    parts = (
        ngettext("%(number)s action planned", "%(number)s actions planned", len(applied.planned)),
        ngettext(
            "%(number)s action brought up to date",
            "%(number)s actions brought up to date",
            len(applied.changed),
        ),
        ngettext(
            "%(number)s activity in the draft of a training plan",
            "%(number)s activities in the draft of a training plan",
            len(applied.items),
        ),
        ngettext(
            "%(number)s entry added to the register",
            "%(number)s entries added to the register",
            len(applied.expected),
        ),
    )
    made: tuple[list[Any], ...]
    made = (applied.planned, applied.changed, applied.items, applied.expected)
    counts = [len(rows) for rows in made]
    said = [text % {"number": count} for text, count in zip(parts, counts, strict=True) if count]
    return gettext("The playbook is applied: %(list)s.") % {"list": "; ".join(said)}
