"""A lead who keeps a spreadsheet, and an initiative that is to be what it says."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from openpyxl import Workbook

from change_tracker.core.tables import book_headings
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.spreadsheets.services.changes import Changes
from change_tracker.spreadsheets.services.importing import import_register, recognise, tables_of
from tests import factories
from tests.factories import NOW


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(lead=lead, sponsor=sponsor, slug="desk")


def workbook(**sheets: list[list[Any]]) -> bytes:
    """An XLSX file with these sheets, the first line of each its headings."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring_in(initiative: Initiative, content: bytes, actor: Any = None, **options: Any) -> Changes:
    """What the command does with a file whose sheets and columns are recognised."""
    tables = tables_of(content, recognise(book_headings(content)))
    return import_register(initiative=initiative, tables=tables, actor=actor, now=NOW, **options)
