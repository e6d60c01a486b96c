"""XLSX: a zip of XML, so its size is capped before anything is parsed."""

import io
import zipfile
import zlib
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from change_tracker.core.conf import Conf
from change_tracker.core.tables.rows import Lines, Problem, UnreadableFileError

MAX_PARTS = 1_000
#: Real sheets pack to about a tenth, sheets of one repeated value to about a hundredth.
MAX_RATIO = 300
#: Excel's own limit; a file that names a later row is made to keep a reader busy.
LAST_ROW = 1_048_576
CHUNK = 1 << 16
#: What openpyxl and the zip reader raise on damaged files.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def xlsx_lines(content: bytes, conf: Conf, sheet: str = "") -> tuple[Lines, list[Problem]]:
    """The lines of the visible sheet of that name; without one of the first, and a note where
    there are more.
    """
    sheets = _visible_sheets(content, conf)
    notes = []
    if len(sheets) > 1 and not sheet:
        reason = _("Only the first sheet, “%(name)s”, was read.") % {"name": sheets[0].title}
        notes.append(Problem(None, "", reason))
    wanted = next((each for each in sheets if each.title == sheet), sheets[0])
    return _cells(wanted, conf.import_max_columns), notes


def sheet_names(content: bytes, conf: Conf) -> list[str]:
    """The names of the visible sheets."""
    return [each.title for each in _visible_sheets(content, conf)]


def _visible_sheets(content: bytes, conf: Conf) -> list[Any]:
    # Most processes never read a workbook, and all of them would carry what reads one.
    from openpyxl import load_workbook

    try:
        _check_package(content, conf.import_max_unpacked_megabytes * 1_000_000)
        # Plain values only: links, styles and formulas are of no use here.
        book: Any = load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise UnreadableFileError(_("The workbook has no visible sheet."))
    except BROKEN as error:
        raise _broken() from error
    return sheets


def _check_package(content: bytes, limit: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        declared = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        if len(parts) > MAX_PARTS or declared > limit or declared > MAX_RATIO * max(packed, 1):
            raise _too_big()
        unpacked = 0
        for part in parts:
            unpacked += _unpacked_size(package, part, limit - unpacked)


def _unpacked_size(package: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> int:
    """Bytes that a part really unpacks to; what it declares may be a lie."""
    size, tail = 0, b""
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise _too_big()
            if b"<!DOCTYPE" in tail + chunk:
                # No spreadsheet program writes one; it is how XML is made to explode.
                raise _broken()
            tail = chunk[-8:]
    return size


def _cells(sheet: Any, max_columns: int) -> Lines:
    # What the sheet says about its own size is not to be trusted.
    sheet.reset_dimensions()
    try:
        rows = sheet.iter_rows(max_col=max_columns + 1, values_only=True)
        for number, cells in enumerate(rows, start=1):
            if number > LAST_ROW:
                raise _too_big()
            if cells.count(None) < len(cells):
                yield number, [_text(cell) for cell in cells]
    except BROKEN as error:
        raise _broken() from error


def _text(cell: Any) -> str:
    """A cell as somebody would type it: dates in ISO form, whole numbers without ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        midnight = cell.time() == datetime.min.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _too_big() -> UnreadableFileError:
    return UnreadableFileError(_("The workbook is too big once unpacked; save the rows as CSV."))


def _broken() -> UnreadableFileError:
    return UnreadableFileError(_("The workbook is damaged or protected; save the rows as CSV."))
