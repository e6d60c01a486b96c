"""A list as a file: what a spreadsheet reads of it, and that it is never held as a whole."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy
from openpyxl import load_workbook

from change_tracker.core.tables import read_content, said, tidy, xlsx_parts
from change_tracker.core.tables.batches import by_key, in_order
from change_tracker.core.tables.writing import file_answer
from change_tracker.people.models import Person

HEAD = ["Name", "Day"]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
]


def read_csv(lines: Any, head: list[str] = HEAD) -> list[list[str]]:
    text = file_answer("csv", "list", head, lines).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(lines: Any, head: list[Any] = HEAD) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(file_answer("xlsx", "list", head, lines).getvalue()))
    return [list(row) for sheet in book.worksheets for row in sheet.values]


def test_a_csv_begins_with_a_byte_order_mark_and_has_iso_dates_and_plain_numbers() -> None:
    noon = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    answer = file_answer(
        "csv", "list-2026-11-25", HEAD, [["Ann", date(2026, 11, 25), -3, Decimal("-1.50"), None]]
    )

    assert answer.getvalue() == b"\xef\xbb\xbfName,Day\r\nAnn,2026-11-25,-3,-1.50,\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="list-2026-11-25.csv"'
    with timezone.override("Europe/Berlin"):
        assert read_csv([[noon]])[1] == ["2026-11-25T13:30:00+01:00"]


def test_an_xlsx_has_real_dates_and_numbers_and_a_head_that_stays_in_sight() -> None:
    noon = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        content = file_answer(
            "xlsx",
            "list",
            HEAD,
            [["Ann & <Bo>", date(2026, 11, 25), -3, Decimal("1.5"), None, noon]],
        ).getvalue()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]

    cells = [cell.value for cell in sheet[2]]
    assert cells == [
        "Ann & <Bo>",
        datetime(2026, 11, 25),  # noqa: DTZ001  a spreadsheet knows no zones
        -3,
        1.5,
        None,
        datetime(2026, 11, 25, 13, 30),  # noqa: DTZ001
    ]
    assert sheet[2][1].is_date
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    content = file_answer("xlsx", "list", HEAD, [[text, gettext_lazy(text)]]).getvalue()
    cell = load_workbook(io.BytesIO(content)).worksheets[0]["A2"]

    assert read_csv([[text]])[1] == [f"'{text}"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert read_csv([["a=1", "1-2"]])[1] == ["a=1", "1-2"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("text", [*FORMULAS, "'quoted'", "’tis", "-"])
def test_what_goes_out_is_read_again_as_it_was(text: str, form: str) -> None:
    content = file_answer(form, "list", HEAD, [[text, "x"]]).getvalue()

    table = read_content(content, columns=["name"], required=["name"], mapping={})

    assert list(table.cells["name"]) == [said(tidy(text))]


def test_no_text_breaks_an_xlsx_and_no_long_number_loses_digits() -> None:
    odd = "bell\x07 \ud800 \U0001d49c ]]> <!-- \ufffe  two"

    _head, line = read_xlsx([[odd, "x" * 40_000, 1234567890123456789, float("nan"), True]])

    assert line[0] == "bell  \U0001d49c ]]> <!--   two"
    assert len(line[1]) == 32_767
    assert line[2:] == ["1234567890123456789", "nan", "True"]
    assert read_xlsx([[date(1850, 1, 1)]])[1][0] == "1850-01-01"


def test_a_full_sheet_is_followed_by_another_with_the_same_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx_parts, "MOST_LINES", 2_000)

    rows = read_xlsx(([n] for n in range(4_500)), ["Number"])

    assert [row[0] for row in rows if row[0] != "Number"] == list(range(4_500))
    assert [row[0] for row in rows].count("Number") == 3


def test_an_empty_list_is_a_file_with_a_head() -> None:
    assert read_csv([]) == [HEAD]
    assert read_xlsx([]) == [HEAD]


def test_words_are_in_the_language_of_the_request_even_when_sent_after_it() -> None:
    lines = ([gettext("Person")] for _ in range(3_000))
    with translation.override("de"):
        answer = file_answer("csv", "list", [gettext_lazy("Due on")], lines)

    said = answer.getvalue().decode("utf-8-sig").splitlines()
    assert said[0] == "Fällig am"
    assert set(said[1:]) == {gettext("Person")}
    assert translation.get_language() == "en"


def test_the_first_piece_is_made_before_the_answer_begins() -> None:
    def broken() -> Iterator[list[Any]]:
        raise LookupError("no such table")
        yield []

    with pytest.raises(LookupError, match="no such table"):
        file_answer("csv", "list", HEAD, broken())


@pytest.mark.exhaustive
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_lines(form: str) -> None:
    few, many = (_peak(form, lines) for lines in (2_000, 40_000))

    assert many < few * 1.3


def _peak(form: str, lines: int) -> int:
    tracemalloc.start()
    rows = ([n, f"Person {n}", date(2026, 11, 25), "Repairs"] for n in range(lines))
    sent = sum(len(piece) for piece in file_answer(form, "list", HEAD, rows))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > lines
    return peak


def test_the_parts_of_an_xlsx_are_those_that_its_index_names() -> None:
    content = file_answer("xlsx", "list", HEAD, [["a", "b"]]).getvalue()

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert "xl/worksheets/sheet1.xml" in archive.namelist()


@pytest.mark.django_db
def test_batches_hold_every_row_once_in_their_order() -> None:
    Person.objects.bulk_create(
        Person(external_id=f"p{n}", display_name=f"Name {n % 7}") for n in range(25)
    )
    rows = Person.objects.order_by("display_name", "pk")

    assert list(in_order(rows, batch=4)) == list(rows)
    assert list(by_key(rows, batch=5)) == list(Person.objects.order_by("-pk"))
    assert list(by_key(rows.none())) == []


@pytest.mark.django_db
def test_a_row_that_is_gone_when_its_batch_is_read_is_left_out() -> None:
    people = Person.objects.bulk_create(
        Person(external_id=f"p{n}", display_name=f"Name {n}") for n in range(4)
    )
    rows = in_order(Person.objects.order_by("pk"), batch=2)

    first = next(rows)
    people[3].delete()

    assert [first, *rows] == people[:3]
