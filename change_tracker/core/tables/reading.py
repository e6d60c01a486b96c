"""From a file to a table: one function for every kind of file."""

from collections.abc import Collection, Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.conf import Conf, get_conf
from change_tracker.core.tables.blocks import unstorable
from change_tracker.core.tables.cells import has_control, tidy
from change_tracker.core.tables.columns import Mapping
from change_tracker.core.tables.csv_lines import csv_lines
from change_tracker.core.tables.opened import Opened
from change_tracker.core.tables.rows import Line, Lines, Problem, Table, UnreadableFileError
from change_tracker.core.tables.xlsx_lines import sheet_lines, xlsx_lines

ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"


def read_table(
    path: Path, *, columns: Sequence[str], required: Sequence[str], mapping: Mapping
) -> Table:
    """Read a CSV or XLSX file into our `columns`; what the file is shows in its first bytes.

    Runs of white space become one space; "N/D", "n/a" and "-" become "". Rows without any text
    are left out. A row with more cells than the header is an error among the table's problems.
    Raises UnreadableFileError for a file that is too big, cannot be read, or lacks a column.
    """
    content = content_of(path)
    return read_content(content, columns=columns, required=required, mapping=mapping)


def read_content(
    content: bytes,
    *,
    columns: Sequence[str],
    required: Sequence[str],
    mapping: Mapping,
    by_name: bool = True,
    prose: Collection[str] = (),
) -> Table:
    """The same for a file that somebody sent; see `Opened.table`."""
    return open_file(content).table(
        columns=columns, required=required, mapping=mapping, by_name=by_name, prose=prose
    )


def open_file(content: bytes) -> Opened:
    """A file without its rows; of a workbook its first sheet. Raises UnreadableFileError."""
    conf = get_conf()
    lines, notes = _lines_of(content, conf)
    header = _header(lines)
    if header is None:
        raise UnreadableFileError(_("The file is empty."))
    _check_width(header, conf)
    return Opened(header=header, lines=lines, notes=notes)


def open_book(content: bytes) -> dict[str, Opened]:
    """Each sheet that has headings, without its rows; a CSV file is one sheet without a name.

    A sheet of more columns than are taken is left out where there are others: next to a list there
    often is a calendar. Raises UnreadableFileError where nothing is in any of them.
    """
    conf = get_conf()
    check_size(len(content), conf)
    if not content.startswith(ZIP_MARK):
        return {"": open_file(content)}
    found = {}
    for name, lines in sheet_lines(content, conf).items():
        header = _header(lines)
        if header:
            found[name] = Opened(header=header, lines=lines)
    if not found:
        raise UnreadableFileError(_("The file is empty."))
    fitting = {
        name: each for name, each in found.items() if len(each.header) <= conf.import_max_columns
    }
    if not fitting:
        _check_width(next(iter(found.values())).header, conf)
    return fitting


def headings_of(content: bytes) -> list[str]:
    """The names of the columns of a file. Raises UnreadableFileError."""
    return open_file(content).headings


def book_headings(content: bytes) -> dict[str, list[str]]:
    """The names of the columns of each sheet, as `open_book` finds them."""
    return {name: each.headings for name, each in open_book(content).items()}


def _header(lines: Lines) -> list[str] | None:
    """The first line that says something."""
    found = next((line for line in map(_cleaned, lines) if any(line[1])), None)
    if found is None:
        return None
    number, header = found
    if any(map(has_control, header)):
        raise UnreadableFileError(unstorable(number).as_text())
    return header


def _lines_of(content: bytes, conf: Conf) -> tuple[Lines, list[Problem]]:
    check_size(len(content), conf)
    if content.startswith(ZIP_MARK):
        return xlsx_lines(content, conf)
    if content.startswith(OLD_EXCEL_MARK):
        raise UnreadableFileError(
            _("This is an old or a protected Excel file; save it as XLSX or CSV.")
        )
    return csv_lines(content)


def content_of(path: Path) -> bytes:
    """The bytes of a file, one more than are taken at most. Raises UnreadableFileError."""
    limit = get_conf().import_max_megabytes * 1_000_000
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UnreadableFileError(
            _("%(path)s cannot be opened: %(reason)s.")
            % {"path": path, "reason": error.strerror or error}
        ) from error
    return content


def check_size(size: int, conf: Conf) -> None:
    """Raise UnreadableFileError for a file of more bytes than the settings allow."""
    if size > conf.import_max_megabytes * 1_000_000:
        raise UnreadableFileError(
            _("The file is bigger than %(size)s MB.") % {"size": conf.import_max_megabytes}
        )


def _check_width(header: Sequence[str], conf: Conf) -> None:
    if len(header) > conf.import_max_columns:
        limit = conf.import_max_columns
        raise UnreadableFileError(
            ngettext(
                "The file has more than %(limit)s column.",
                "The file has more than %(limit)s columns.",
                limit,
            )
            % {"limit": limit}
        )


def _cleaned(line: Line) -> Line:
    """The line with tidy cells and without empty ones at its end."""
    number, cells = line
    cleaned = [tidy(cell) for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return number, cleaned
