"""A spreadsheet into an initiative: what is which, what it would do, and doing it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.tables import (
    Opened,
    RefusedImportError,
    Table,
    UnreadableFileError,
    open_book,
)
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.services import require_running
from change_tracker.spreadsheets.columns import Sheet
from change_tracker.spreadsheets.services.changes import Changes
from change_tracker.spreadsheets.services.comparing import compare
from change_tracker.spreadsheets.services.stored import lookups_for, stored_in
from change_tracker.spreadsheets.services.writing import Writer
from change_tracker.spreadsheets.sheets import BY_KEY, kind_of

#: By the name of a sheet: which of ours it is (`kind`), and its columns (`columns`, ours → theirs).
Layout = dict[str, dict[str, Any]]


class RegisterChangedError(ChangeTrackerError):
    """The initiative has changed since somebody looked at what the file would do."""

    code = "changed_since_preview"

    def __init__(self) -> None:
        super().__init__(
            _("The initiative has changed since you looked. Look again at what the file does.")
        )


def recognise(headings: Mapping[str, list[str]], kinds: Mapping[str, str] | None = None) -> Layout:
    """Which sheet is which, and its columns; `kinds` says it of some, "" that one is not read."""
    layout: Layout = {}
    for title, names in headings.items():
        if kinds is not None and title in kinds:
            sheet = BY_KEY.get(kinds[title])
        else:
            sheet = kind_of(title, names)
        columns = sheet.known().recognise(names) if sheet else {}
        layout[title] = {"kind": sheet.key if sheet else "", "columns": columns}
    return layout


def tables_of(content: bytes, layout: Layout) -> dict[str, Table]:
    """The tables of a file by the keys of our sheets.

    Raises UnreadableFileError where a needed column is missing, the file has no such sheet, two
    are the same one of ours, or none is one.
    """
    return {
        sheet.key: opened.table(prose=sheet.prose, **asked)
        for sheet, opened, asked in _sheets_of(content, layout)
    }


def check_layout(content: bytes, layout: Layout) -> None:
    """Raise what `tables_of` does about a layout; reads no row, however long the file is."""
    for _sheet, opened, asked in _sheets_of(content, layout):
        opened.place(**asked)


def _sheets_of(content: bytes, layout: Layout) -> list[tuple[Sheet, Opened, dict[str, Any]]]:
    """The sheets that are ours, each with what is asked of its columns."""
    book = open_book(content)
    found: dict[str, tuple[Sheet, Opened, dict[str, Any]]] = {}
    for title, said in layout.items():
        _require_sheet(title, book)
        sheet = BY_KEY.get(said["kind"])
        if sheet is None:
            continue
        if sheet.key in found:
            raise UnreadableFileError(
                _("Two sheets are “%(name)s”. Leave one of them out.") % {"name": sheet.title}
            )
        theirs: dict[str, list[str]] = {}
        for ours, heading in said["columns"].items():
            theirs.setdefault(heading, []).append(ours)
        asked = {"columns": sheet.names, "required": sheet.required, "mapping": theirs}
        found[sheet.key] = sheet, book[title], asked | {"by_name": False}
    if not found:
        raise UnreadableFileError(
            _("No sheet could be recognised. Download the template to see what they look like.")
        )
    return list(found.values())


def _require_sheet(title: str, book: Mapping[str, Opened]) -> None:
    if title not in book:
        sheets = ", ".join(f"“{each}”" for each in book if each) or _("none")
        raise UnreadableFileError(
            _("The file has no sheet “%(name)s” with headings. Its sheets are: %(sheets)s.")
            % {"name": title, "sheets": sheets}
        )


def changes_of(
    initiative: Initiative,
    tables: Mapping[str, Table],
    *,
    actor: User | None,
    today: date,
    held: bool = False,
) -> Changes:
    """What the tables would do; reads only."""
    stored = stored_in(initiative, actor, held=held)
    return compare(tables, stored, lookups_for(initiative, actor, stored, today))


def import_register(
    *,
    initiative: Initiative,
    tables: Mapping[str, Table],
    actor: User | None,
    now: datetime,
    expected: str | None = None,
    dry_run: bool = False,
) -> Changes:
    """Make and change what the tables say, all of it or nothing; rows that are not in them stay.

    The same file again changes nothing. Raises RefusedImportError with what is wrong row by row,
    RegisterChangedError where the change list is not the `expected` one any more (its digest), and
    InitiativeEndedError. A dry run only looks.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        require_running(initiative)
        changes = changes_of(initiative, tables, actor=actor, today=today, held=not dry_run)
        if changes.errors:
            raise RefusedImportError(changes.problems)
        if expected is not None and changes.digest != expected:
            raise RegisterChangedError
        if not dry_run:
            Writer(initiative, actor=actor, today=today, now=now).write(changes)
            _note(initiative, changes, actor, now)
    return changes


def counts_of(changes: Changes) -> dict[str, dict[str, int]]:
    """By sheet how many rows are new, changed, the same, and not in the file."""
    return {
        part.sheet.key: {
            "new": len(part.new),
            "changed": len(part.changed),
            "same": len(part.lines) - len(part.new) - len(part.changed),
            "left": part.left,
        }
        for part in changes.parts
    }


def _note(initiative: Initiative, changes: Changes, actor: User | None, now: datetime) -> None:
    if not any(part.new or part.changed for part in changes.parts):
        return
    audit.record(
        obj=initiative,
        verb="imported",
        actor=actor,
        now=now,
        scope=initiative.audit_scope,
        changes=counts_of(changes),
    )
