"""XLSX: a zip of XML, so its size is capped before anything is parsed."""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from change_tracker.core.conf import Conf
from change_tracker.core.tables.rows import Lines, Problem, UnreadableFileError
from change_tracker.core.tables.xlsx_strings import strings_of

MAX_PARTS = 1_000
#: Real sheets pack to about a tenth, sheets of one repeated value to about a hundredth.
MAX_RATIO = 300
#: Excel's own limit; a file that names a later row is made to keep a reader busy.
LAST_ROW = 1_048_576
CHUNK = 1 << 16
SHEETS, STRINGS, PICTURES, OTHERS = "sheets", "strings", "pictures", "others"
#: Tags of all styles, themes and drawings. Excel itself stops at 64,000 styles, and each tag of
#: them costs a reader a hundred times what one of a row does.
MAX_TAGS = 300_000
#: Tags of the shared strings for each tag of the sheets. A text has as many as the cell that shows
#: it, or a few times as many where Excel notes how it is pronounced; unused ones are not written.
TAGS_FOR_TAG = 5
#: Bytes of all parts that are neither sheets nor strings nor pictures.
MAX_OTHERS = 8_000_000
#: What a number format shows as it stands there.
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^]]*\]')
ZEROS = re.compile("0{2,20}")
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
    OverflowError,
    RuntimeError,
    OSError,
)


def xlsx_lines(content: bytes, conf: Conf) -> tuple[Lines, list[Problem]]:
    """The lines of the first visible sheet, and a note where there are more."""
    sheets = _visible_sheets(content, conf)
    notes = []
    if len(sheets) > 1:
        reason = _("Only the first sheet, “%(name)s”, was read.") % {"name": sheets[0].title}
        notes.append(Problem(None, "", reason))
    return _cells(sheets[0], conf.import_max_columns), notes


def sheet_lines(content: bytes, conf: Conf) -> dict[str, Lines]:
    """The lines of each visible sheet by its name; the workbook is opened once."""
    sheets = _visible_sheets(content, conf)
    return {each.title: _cells(each, conf.import_max_columns) for each in sheets}


def _visible_sheets(content: bytes, conf: Conf) -> list[Any]:
    try:
        _check_package(content, conf.import_max_unpacked_megabytes * 1_000_000)
        sheets = [sheet for sheet in _opened(content).worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise UnreadableFileError(_("The workbook has no visible sheet."))
    except BROKEN as error:
        raise _broken() from error
    return sheets


def _opened(content: bytes) -> Any:
    # Most processes never read a workbook, and all of them would carry what reads one.
    from openpyxl.reader.excel import ExcelReader

    # Plain values only: links, styles and formulas are of no use here.
    reader: Any = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read_strings = partial(_read_strings, reader)
    reader.read_worksheets = partial(_read_worksheets, reader, reader.read_worksheets)
    reader.read()
    return reader.wb


def _read_strings(reader: Any) -> None:
    """Have the shared strings of the file that `reader` has open."""
    from openpyxl.xml.constants import SHARED_STRINGS

    for each in reader.package.Override:
        # What is parsed at once must not have been measured as what is read row by row.
        is_sheet = each.ContentType.endswith("worksheet+xml")
        if _kind(each.PartName.removeprefix("/")) == SHEETS and not is_sheet:
            raise _broken()
    strings = reader.package.find(SHARED_STRINGS)
    if strings is not None:
        with reader.archive.open(strings.PartName.removeprefix("/")) as stream:
            reader.shared_strings = strings_of(stream)


def _read_worksheets(reader: Any, read: Callable[[], None]) -> None:
    """Open each sheet once: to open one can be to parse it."""
    parts = [relation.target for _sheet, relation in reader.parser.find_sheets()]
    if len(parts) > len(set(parts)):
        raise _broken()
    read()


def _check_package(content: bytes, limit: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        declared = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        if len(parts) > MAX_PARTS or declared > limit or declared > MAX_RATIO * max(packed, 1):
            raise _too_big()
        sizes: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        for part in parts:
            kind = _kind(part.filename)
            size, tags_there = _unpacked(package, part, limit - sizes.total())
            sizes[kind] += size
            tags[kind] += tags_there
    # A tag costs the same memory and time whatever it holds: bytes alone bound neither.
    if (
        tags[STRINGS] > MAX_TAGS + TAGS_FOR_TAG * tags[SHEETS]
        or tags[PICTURES] + tags[OTHERS] > MAX_TAGS
        or sizes[OTHERS] > MAX_OTHERS
    ):
        raise _too_big()


def _kind(name: str) -> str:
    name = name.casefold()
    if name.startswith("xl/worksheets/") and "/_rels/" not in name:
        return SHEETS
    if name.startswith("xl/media/"):
        return PICTURES
    return STRINGS if name == "xl/sharedstrings.xml" else OTHERS


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> tuple[int, int]:
    """Bytes that a part really unpacks to, and tags in it; what it declares may be a lie."""
    size, tags, tail = 0, 0, b""
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            tags += chunk.count(b"<")
            if size > limit:
                raise _too_big()
            if b"<!DOCTYPE" in tail + chunk:
                # No spreadsheet program writes one; it is how XML is made to explode.
                raise _broken()
            tail = chunk[-8:]
    return size, tags


def _cells(sheet: Any, max_columns: int) -> Lines:
    # What the sheet says about its own size is not to be trusted.
    sheet.reset_dimensions()
    try:
        rows = sheet.iter_rows(max_col=max_columns + 1)
        for number, cells in enumerate(rows, start=1):
            if number > LAST_ROW:
                raise _too_big()
            texts = ["" if cell.value is None else _text(cell) for cell in cells]
            if any(texts):
                yield number, texts
    except BROKEN as error:
        raise _broken() from error


def _text(cell: Any) -> str:
    """A cell as somebody would type it: dates in ISO form, whole numbers without ".0", and what is
    shown as 80% or 00123 like that.
    """
    value = cell.value
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _number(value, cell.number_format)
    return str(value)


def _number(value: Any, shown_as: str) -> str:
    if "%" in LITERAL.sub("", shown_as):
        # As exact as the file is, without what reckoning leaves behind: 30.000000000000004.
        return f"{round(Decimal(str(value)) * 100, 10).normalize():f}%"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # Numbers of people and posts are often kept so, with as many digits as they are shown with.
    is_padded = isinstance(value, int) and ZEROS.fullmatch(shown_as)
    return f"{value:0{len(shown_as)}d}" if is_padded else str(value)


def _too_big() -> UnreadableFileError:
    return UnreadableFileError(_("The workbook is too big once unpacked; save the rows as CSV."))


def _broken() -> UnreadableFileError:
    return UnreadableFileError(_("The workbook is damaged or protected; save the rows as CSV."))
