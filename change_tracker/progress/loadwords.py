"""What collides, in words; no queries."""

from collections.abc import Iterator
from datetime import date

from django.utils import dateformat
from django.utils.formats import number_format
from django.utils.translation import gettext, pgettext

from change_tracker.core.text import duration, short_date
from change_tracker.progress.load import Cell, Load, UnitLoad


def collisions_of(load: Load, today: date) -> list[str]:
    """A sentence where initiatives meet in one unit and month, or meet days that are kept free."""
    return [
        words for unit in load.units for cell in unit.cells for words in _of_cell(unit, cell, today)
    ]


def _of_cell(unit: UnitLoad, cell: Cell, today: date) -> Iterator[str]:
    where = {"unit": unit.name or gettext("No unit"), "month": month_words(cell.first)}
    asked = sorted(cell.minutes.items(), key=lambda each: (-each[1], each[0]))
    if len(asked) > 1:
        first, *others = [
            gettext("“%(title)s” (%(hours)s)") % {"title": title, "hours": duration(minutes)}
            for (_pk, title), minutes in asked
        ]
        words = gettext("%(unit)s, %(month)s: %(first)s collides with %(others)s.")
        yield words % (where | {"first": first, "others": ", ".join(others)})
    if cell.frozen_minutes:
        words = gettext(
            "%(unit)s, %(month)s: %(hours)s are due on days that are kept free: %(why)s."
        )
        hours = duration(cell.frozen_minutes)
        yield words % (where | {"hours": hours, "why": freeze_words(cell, today)})


def freeze_words(cell: Cell, today: date) -> str:
    """The days of a month that are kept free, and why."""
    words = gettext("%(why)s (%(first)s to %(last)s)")
    return ", ".join(
        words
        % {
            "why": each.why,
            "first": short_date(each.first, today),
            "last": short_date(each.last, today),
        }
        for each in cell.freezes
    )


def hours_words(minutes: int) -> str:
    """Minutes as hours with one decimal at most, for a narrow cell ("6.5 h")."""
    tenths = max(round(minutes / 6), 1)
    return gettext("%(hours)s h") % {
        "hours": number_format(tenths / 10, decimal_pos=1 if tenths % 10 else 0)
    }


def month_words(first: date) -> str:
    """A month with its year ("December 2026")."""
    letters = pgettext("month with year, in the letters of Django's date filter", "F Y")
    return dateformat.format(first, letters)
