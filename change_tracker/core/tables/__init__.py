"""Reading rosters and records that people keep in CSV and XLSX files.

`read_table` gives trimmed text under our own column names, or says what is wrong with the file.
"""

from change_tracker.core.tables.cells import said, tidy
from change_tracker.core.tables.columns import KnownAs, Mapping, parse_maps, plain
from change_tracker.core.tables.dates import parse_date
from change_tracker.core.tables.numbers import parse_number
from change_tracker.core.tables.reading import (
    book_headings,
    check_size,
    content_of,
    headings_of,
    read_content,
    read_table,
)
from change_tracker.core.tables.records import table_of
from change_tracker.core.tables.rows import (
    Problem,
    RefusedImportError,
    Row,
    Table,
    UnreadableFileError,
)
from change_tracker.core.tables.text_cells import as_meant

__all__ = [
    "KnownAs",
    "Mapping",
    "Problem",
    "RefusedImportError",
    "Row",
    "Table",
    "UnreadableFileError",
    "as_meant",
    "book_headings",
    "check_size",
    "content_of",
    "headings_of",
    "parse_date",
    "parse_maps",
    "parse_number",
    "plain",
    "read_content",
    "read_table",
    "said",
    "table_of",
    "tidy",
]
