"""Records of another system as a table, so that they are checked like a file."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.tables.cells import said_all, tidy_all
from change_tracker.core.tables.rows import Table, UnreadableFileError


def table_of(
    records: Iterable[AnyMapping[str, Any]], *, columns: Sequence[str], required: Sequence[str]
) -> Table:
    """The records as rows, numbered from 1; a column is there when any record has it, and
    where there is no record those are that are `required`.

    Values are text, numbers, dates or None. Raises UnreadableFileError where a record has a key
    that is none of `columns`, or none has one of those that are `required`.
    """
    rows = [dict(record) for record in records]
    named = {name for row in rows for name in row} if rows else set(required)
    wrong = sorted(named - set(columns))
    missing = [name for name in required if name not in named]
    if wrong or missing:
        raise UnreadableFileError(
            _("Not known: %(wrong)s. Missing: %(missing)s. The columns are: %(columns)s.")
            % {
                "wrong": ", ".join(wrong) or _("none"),
                "missing": ", ".join(missing) or _("none"),
                "columns": ", ".join(columns),
            }
        )
    cells = {
        name: said_all(tidy_all([_text(row.get(name)) for row in rows]))
        for name in columns
        if name in named
    }
    return Table(range(1, len(rows) + 1), cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)
