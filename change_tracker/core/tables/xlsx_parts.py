"""XLSX written as a stream: a zip whose sheets are never held as a whole.

ECMA-376, part 1, chapter 18 (SpreadsheetML). Texts stand in their cells (inlineStr), so that no
table of all texts has to be kept until the end.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone

from change_tracker.core.tables.text_cells import FORMULA, is_number
from change_tracker.core.tables.xlsx_lines import LAST_ROW

Line = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the names of its columns, its lines part by part."""

    name: str
    head: Sequence[str]
    parts: Iterable[Iterable[Line]]


#: A sheet ends before Excel's last row, and before a zip entry would need 64 bit sizes.
MOST_LINES = LAST_ROW - 1
#: Lines that come at once; a sheet has room for as many when it takes them.
LINES_AT_ONCE = 1_000
MOST_BYTES = 1 << 30
#: Characters in a cell, by Excel; of a longer text the CSV has all.
LONGEST = 32_767
#: Fast and half as large again as the best: the time of the server is dearer than the wire.
LEVEL = 1
QUOTE = {'"': "&quot;"}
DAY_0 = date(1899, 12, 30)
#: What XML 1.0 cannot say.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
#: XML readers make a line feed of it where it stands as it is.
CARRIAGE_RETURN = {"\r": "&#13;"}
#: Places in `cellXfs` of STYLES.
DAY, MOMENT, QUOTED, BOLD = 1, 2, 3, 4

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}">
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""
SHEET_HEAD = f"""{XML}<worksheet xmlns="{MAIN}">
<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" \
activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>
<sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>"""
SHEET_FOOT = "</sheetData></worksheet>"


def xlsx_pieces(head: Sequence[str], parts: Iterable[Iterable[Line]]) -> Iterator[bytes]:
    """The file, a piece for each of `parts`; a further sheet where one is full."""
    return book_pieces([Sheet("", head, parts)])


def book_pieces(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """The same with several sheets, each under its name; without one under its number."""
    out = _Written()
    names: list[str] = []
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for each in sheets:
            rows, is_over, begin = _rows(each.parts), False, len(names)
            while not is_over:
                further = len(names) - begin
                names.append(_sheet_name(each.name, further) or str(len(names) + 1))
                with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as sheet:
                    lines, size = 0, sheet.write((SHEET_HEAD + _row(each.head, BOLD)).encode())
                    is_over = True
                    for texts in rows:
                        size += sheet.write("".join(texts).encode())
                        lines += len(texts)
                        yield out.take()
                        if lines + LINES_AT_ONCE > MOST_LINES or size > MOST_BYTES:
                            is_over = False
                            break
                    sheet.write(SHEET_FOOT.encode())
        for name, text in _index(names).items():
            archive.writestr(name, text)
    yield out.take()


def _sheet_name(name: str, further: int) -> str:
    """As Excel takes it: 31 characters at most, none of those that it uses itself."""
    plain = NOT_IN_NAMES.sub(" ", name)[:28]
    return f"{plain} {further + 1}" if plain and further else plain


def _rows(parts: Iterable[Iterable[Line]]) -> Iterator[list[str]]:
    for part in parts:
        yield [_row(line) for line in part]


class _Written:
    """What the zip wrote since it was last taken; it cannot go back in it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _row(line: Line, style: int = 0) -> str:
    return f"<row>{''.join([_cell(each, style) for each in line])}</row>"


def _cell(value: Any, style: int = 0) -> str:
    if value is None or value == "":
        return "<c/>"
    if is_number(value):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, date):
        return _day(value)
    return _text(str(value), style)


def _day(value: date) -> str:
    """A day or a moment (local time) as the number that a spreadsheet knows; text before 1900."""
    style, fraction, on = DAY, 0.0, value
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        style, on = MOMENT, local.date()
        fraction = (local.hour * 3600 + local.minute * 60 + local.second) / 86_400
    if on.year < 1901:
        return _text(value.isoformat(), 0)
    days = (on - DAY_0).days
    return f'<c s="{style}"><v>{days + fraction if fraction else days}</v></c>'


def _text(text: str, style: int) -> str:
    """A text is never run; `quotePrefix` keeps it one when somebody edits the cell."""
    if text.startswith(FORMULA):
        style = QUOTED
    said = escape(UNSAYABLE.sub("", text[:LONGEST]), CARRIAGE_RETURN)
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{said}</t></is></c>'


def _index(names: Sequence[str]) -> dict[str, str]:
    """The small parts that say what is in the zip."""
    numbers = range(1, len(names) + 1)
    named = "".join(
        f'<sheet name="{escape(name, QUOTE)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for n in numbers
    )
    return {
        "xl/workbook.xml": (
            f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{named}</sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId0" Type="{RELATIONS}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        "xl/styles.xml": STYLES,
        "_rels/.rels": (
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "[Content_Types].xml": (
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{typed}</Types>'
        ),
    }
