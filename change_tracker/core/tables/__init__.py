"""Reading rosters and records that people keep in CSV and XLSX files.

`read_table` gives trimmed text under our own column names, or says what is wrong with the file.
"""

from change_tracker.core.tables.cells import tidy
from change_tracker.core.tables.columns import Mapping, parse_maps, plain
from change_tracker.core.tables.dates import parse_date
from change_tracker.core.tables.numbers import parse_number
from change_tracker.core.tables.reading import check_size, headings_of, read_content, read_table
from change_tracker.core.tables.records import table_of
from change_tracker.core.tables.rows import (
    Problem,
    RefusedImportError,
    Row,
    Table,
    UnreadableFileError,
)

__all__ = [
    "Mapping",
    "Problem",
    "RefusedImportError",
    "Row",
    "Table",
    "UnreadableFileError",
    "check_size",
    "headings_of",
    "parse_date",
    "parse_maps",
    "parse_number",
    "plain",
    "read_content",
    "read_table",
    "table_of",
    "tidy",
]
