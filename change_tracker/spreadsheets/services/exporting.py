"""The register as a spreadsheet: what `import_register` reads, and what may stand in it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.spreadsheets.columns import Sheet
from change_tracker.spreadsheets.services.stored import Lookups, Stored, lookups_for, stored_in
from change_tracker.spreadsheets.sheets import SHEETS

#: One sheet: its name, its head, its lines.
Written = tuple[str, list[str], Iterator[list[Any]]]


def book_of(
    initiative: Initiative, *, user: User | None, today: date, empty: bool = False
) -> list[Written]:
    """Every sheet with what `user` may read, or `empty` to begin with; the last explains them."""
    stored = stored_in(initiative, user)
    names = lookups_for(initiative, user, stored, today)
    sheets = [
        (
            str(sheet.title),
            [str(each.heading) for each in sheet.columns],
            _lines(sheet, [] if empty else list(stored[sheet.key].values()), names),
        )
        for sheet in SHEETS
    ]
    return [*sheets, (_("What to write"), _help_head(), _help(names))]


def _lines(sheet: Sheet, rows: list[Stored], names: Lookups) -> Iterator[list[Any]]:
    for each in rows:
        yield [column.show(each.values[column.name], names) for column in sheet.columns]


def _help_head() -> list[str]:
    return [_("Sheet"), _("Column"), _("Needed"), _("What to write")]


def _help(names: Lookups) -> Iterator[list[str]]:
    for sheet in SHEETS:
        for each in sheet.columns:
            words = each.words(names) if each.words else []
            needed = _("needed") if each.required else ""
            yield [str(sheet.title), str(each.heading), needed, "; ".join(words)]
