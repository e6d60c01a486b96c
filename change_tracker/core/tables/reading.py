"""From a file to a table: one function for every kind of file."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from change_tracker.core.conf import Conf, get_conf
from change_tracker.core.tables.blocks import Block, blocks, unstorable
from change_tracker.core.tables.cells import has_control, said_all, tidy
from change_tracker.core.tables.columns import Mapping, place_columns, unused_columns
from change_tracker.core.tables.csv_lines import csv_lines
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
    sheet: str = "",
    prose: Collection[str] = (),
) -> Table:
    """The same for a file that somebody sent; `by_name` finds columns that are not mapped.

    Of a workbook the `sheet` of that name is read, without a name the first one. Those of our
    columns that are `prose` keep the lines within their cells.
    """
    conf = get_conf()
    lines, notes = _lines_of(content, conf, sheet)
    header = _header(lines, conf)
    places = place_columns(
        header, columns=columns, required=required, mapping=mapping, by_name=by_name
    )
    places = {ours: places[ours] for ours in columns if ours in places}
    worded = {place for ours, place in places.items() if ours in prose}
    numbers, cells, problems = _read(blocks(lines, len(header), worded), places, conf)
    return Table(numbers, cells, (*notes, *unused_columns(header, places), *problems))


def headings_of(content: bytes) -> list[str]:
    """The names of the columns of a file. Raises UnreadableFileError."""
    conf = get_conf()
    lines, _notes = _lines_of(content, conf)
    return [name for name in _header(lines, conf) if name]


def book_headings(content: bytes) -> dict[str, list[str]]:
    """The names of the columns of each sheet that has any; a CSV file is one sheet without a name.

    Raises UnreadableFileError where nothing is in any of them.
    """
    conf = get_conf()
    check_size(len(content), conf)
    is_book = content.startswith(ZIP_MARK)
    sheets = sheet_lines(content, conf) if is_book else {"": _lines_of(content, conf)[0]}
    found = {}
    for name, lines in sheets.items():
        line = _header_line(lines, conf)
        if line:
            found[name] = [each for each in line if each]
    if not found:
        raise UnreadableFileError(_("The file is empty."))
    return found


def _header(lines: Lines, conf: Conf) -> list[str]:
    line = _header_line(lines, conf)
    if line is None:
        raise UnreadableFileError(_("The file is empty."))
    return line


def _header_line(lines: Lines, conf: Conf) -> list[str] | None:
    header_line = next((line for line in map(_cleaned, lines) if any(line[1])), None)
    if header_line is None:
        return None
    number, header = header_line
    _check_width(header, conf)
    if any(map(has_control, header)):
        raise UnreadableFileError(unstorable(number).as_text())
    return header


def _lines_of(content: bytes, conf: Conf, sheet: str = "") -> tuple[Lines, list[Problem]]:
    check_size(len(content), conf)
    if content.startswith(ZIP_MARK):
        return xlsx_lines(content, conf, sheet)
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


def _read(
    found: Iterable[Block], places: dict[str, int], conf: Conf
) -> tuple[list[int], dict[str, list[str]], list[Problem]]:
    numbers: list[int] = []
    cells: dict[str, list[str]] = {ours: [] for ours in places}
    problems: list[Problem] = []
    for block in found:
        numbers += block.numbers
        problems += block.problems
        if len(numbers) > conf.import_max_rows:
            raise UnreadableFileError(
                _("The file has more than %(limit)s rows.") % {"limit": conf.import_max_rows}
            )
        for ours, index in places.items():
            cells[ours] += said_all(block.columns[index])
    return numbers, cells, problems


def _cleaned(line: Line) -> Line:
    """The line with tidy cells and without empty ones at its end."""
    number, cells = line
    cleaned = [tidy(cell) for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return number, cleaned
