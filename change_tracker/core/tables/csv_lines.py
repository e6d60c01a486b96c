"""CSV as it comes out of real systems: encoding and separator are found, not asked for."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from change_tracker.core.tables.rows import Lines, Problem, UnreadableFileError
from change_tracker.core.tables.text_cells import MARKED, unmarked

SEPARATORS = (",", ";", "\t")
QUOTED = re.compile(r'"[^"]*"')
#: What programs write above a list for Excel.
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
#: Characters in which the first line is looked for.
HEAD = 100_000
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def csv_lines(content: bytes) -> tuple[Lines, list[Problem]]:
    """The lines of a CSV file, and a note where the encoding had to be guessed."""
    text, notes = _decode(content)
    return _numbered(text), notes


def _decode(content: bytes) -> tuple[str, list[Problem]]:
    try:
        if content.startswith(UTF_16_MARKS):
            return content.decode("utf-16"), []
        if b"\0" in content[:200]:
            return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le"), []
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return _decode_western(content)


def _decode_western(content: bytes) -> tuple[str, list[Problem]]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableFileError(
            _("The text of the file cannot be read; save it as CSV in UTF-8.")
        ) from None
    reason = _("Not in UTF-8; read as Windows-1252. Check names with accents.")
    return text, [Problem(None, "", reason)]


def _numbered(text: str) -> Lines:
    number = 0
    try:
        # Few files have any, and to look at each cell of the others takes time.
        is_ours = any(each in text for each in MARKED)
        for number, cells in enumerate(_records(text), start=1):
            yield number, unmarked(cells) if is_ours else cells
    except csv.Error as error:
        raise UnreadableFileError(
            _("Row %(row)s cannot be read: %(reason)s.") % {"row": number + 1, "reason": error}
        ) from error


def _records(text: str) -> Iterator[list[str]]:
    # Spreadsheets obey that line, and count from the one below it.
    told = SEPARATOR_LINE.match(text)
    separator = told[1] if told else _separator(text)
    rest = text[told.end() :] if told else text
    return csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)


def _separator(text: str) -> str:
    """The one of the known separators that the first line has most of, outside quotes."""
    bare = QUOTED.sub("", text[:HEAD]).lstrip()
    first = bare.partition("\n")[0]
    return max(SEPARATORS, key=first.count)
