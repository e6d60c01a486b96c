"""A list as a file that a spreadsheet opens: CSV or XLSX, sent while it is read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header

from change_tracker.core.tables.text_cells import is_number, marked
from change_tracker.core.tables.xlsx_parts import LINES_AT_ONCE, Sheet, book_pieces, xlsx_pieces

Line = Sequence[Any]
CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_answer(
    form: str, name: str, head: Sequence[Any], lines: Iterable[Line]
) -> StreamingHttpResponse:
    """A download called `name`.`form`, in constant memory for any number of lines.

    Dates are ISO in CSV and dates in XLSX; numbers stay numbers; a text that looks like a formula
    stays a text. Words are in the language, times in the zone, of the request.

    The first piece is made at once, so that what goes wrong there is an error page and no broken
    file.
    """
    write = csv_pieces if form == CSV else xlsx_pieces
    return _answer(form, name, write([str(each) for each in head], _parts(lines)))


def book_answer(
    name: str, sheets: Iterable[tuple[str, Sequence[Any], Iterable[Line]]]
) -> StreamingHttpResponse:
    """A workbook called `name`.xlsx: each sheet under its name, with its head and lines."""
    return _answer(XLSX, name, book_pieces(book_sheets(sheets)))


def book_sheets(
    sheets: Iterable[tuple[str, Sequence[Any], Iterable[Line]]],
) -> Iterator[Sheet]:
    """The same as `book_pieces` takes them."""
    for name, head, lines in sheets:
        yield Sheet(name, [str(each) for each in head], _parts(lines))


def _answer(form: str, name: str, written: Iterator[bytes]) -> StreamingHttpResponse:
    pieces = _as_asked(written)
    first = next(pieces, b"")
    return StreamingHttpResponse(
        _chained(first, pieces),
        content_type=TYPES[form],
        headers={"Content-Disposition": content_disposition_header(True, f"{name}.{form}") or ""},  # noqa: FBT003
    )


def csv_pieces(head: Sequence[str], parts: Iterable[Iterable[Line]]) -> Iterator[bytes]:
    """The file; the byte order mark tells spreadsheets that it is UTF-8."""
    out = _Written()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([_cell(each) for each in head])
    for part in parts:
        writer.writerows([_cell(each) for each in line] for line in part)
        yield out.take()
    if left := out.take():
        yield left


class _Written:
    """What was written since it was last taken."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def write(self, text: str) -> None:
        self._texts.append(text)

    def take(self) -> bytes:
        texts, self._texts = self._texts, []
        return "".join(texts).encode()


def _parts(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while part := list(islice(rest, LINES_AT_ONCE)):
        yield part


def _as_asked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """`pieces`, each made in the language and zone of now: most are made after the request."""
    language, zone = translation.get_language(), timezone.get_current_timezone()
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _cell(value: Any) -> Any:
    """The value as it is; a person's name or title is text, whatever it begins with."""
    if value is None or is_number(value):
        return value
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.isoformat(timespec="seconds")
    return marked(str(value))
