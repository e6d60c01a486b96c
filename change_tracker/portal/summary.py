"""What the progress page says in words about the figures; no queries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext, ngettext

from change_tracker.core.text import short_date
from change_tracker.progress.queries import Group, Measures


def summary_of(whole: Measures, on: date, today: date) -> str:
    """The whole in one or two sentences."""
    words = {"day": short_date(on, today), "due": whole.due, "completed": whole.completed}
    if not whole.due:
        return gettext("Nothing was due by %(day)s.") % words
    done = ngettext(
        "%(completed)s of %(due)s training that was due by %(day)s is done.",
        "%(completed)s of %(due)s trainings that were due by %(day)s are done.",
        whole.due,
    )
    late = ngettext("%(late)s is late.", "%(late)s are late.", whole.overdue)
    return " ".join([done % words, late % {"late": whole.overdue} if whole.overdue else ""]).strip()


def note_of(asked: str, on: date, today: date) -> str:
    """What to know about the day that is shown; `asked` is what the reader typed, if anything."""
    if asked and asked != on.isoformat():
        return gettext("“%(asked)s” is not a date, so this shows today.") % {"asked": asked[:40]}
    if on > today:
        return gettext(
            "This day is still to come: it shows what will be due by then, and counts as late "
            "whatever is not done by today."
        )
    return ""


def groups_of(groups: Sequence[Group]) -> list[Group]:
    """The groups, with a name for people who belong to no unit."""
    return [each if each.name else replace(each, name=gettext("No unit")) for each in groups]
