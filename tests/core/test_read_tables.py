"""Reading files as people have them: what is repaired, what is refused, and how it is said."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from change_tracker.core.tables import (
    Table,
    UnreadableFileError,
    book_headings,
    parse_date,
    parse_maps,
    read_content,
    read_table,
    xlsx_lines,
)
from change_tracker.core.tables.cells import has_control, said, said_all, tidy, tidy_all

COLUMNS = ["external_id", "name", "job_title"]
WriteFile = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write bytes to a file whose name says nothing about them."""

    def write_bytes(content: bytes) -> Path:
        path = tmp_path / "roster"
        path.write_bytes(content)
        return path

    return write_bytes


def read(path: Path, mapping: dict[str, list[str]] | None = None) -> Table:
    return read_table(path, columns=COLUMNS, required=["external_id"], mapping=mapping or {})


def workbook(*rows: list[Any], more_sheets: int = 0) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(more_sheets):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_separator_and_encoding_are_found(write: WriteFile, separator: str, encoding: str) -> None:
    text = f"external_id{separator}name\r\n7{separator}Zoë\r\n"

    table = read(write(text.encode(encoding)))

    assert [row.values for row in table.rows] == [{"external_id": "7", "name": "Zoë"}]
    assert len(table.problems) == (1 if encoding == "cp1252" else 0)


def test_a_separator_inside_quotes_does_not_count(write: WriteFile) -> None:
    table = read(write(b'external_id;"name, in full, as known";job_title\n1;A, B, C;x\n'))

    assert table.columns == ("external_id", "job_title")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_file_may_say_its_separator_as_excel_takes_it(write: WriteFile, separator: str) -> None:
    lines = f"sep={separator}\r\nexternal_id{separator}name\r\n1{separator}A; B, C\r\n"
    content = lines.replace("A; B, C", '"A; B, C"').encode("utf-8-sig")

    (row,) = read(write(content)).rows

    assert (row.number, row.values) == (2, {"external_id": "1", "name": "A; B, C"})


def test_rows_keep_the_number_that_the_file_shows(write: WriteFile) -> None:
    table = read(write(b'external_id,name\n\n1,"two\nlines"\n,\n2,B\n'))

    assert [(row.number, row.values["name"]) for row in table.rows] == [(3, "two lines"), (5, "B")]


def test_white_space_and_placeholders_are_taken_away(write: WriteFile) -> None:
    content = "external_id,name,job_title\n\u00a0 7 ,Jo \t Ann\u200b,N/D\n8,n/A,-\n9,None,a-b\n"

    rows = read(write(content.encode())).rows

    assert [list(row.values.values()) for row in rows] == [
        ["7", "Jo Ann", ""],
        ["8", "", ""],
        ["9", "None", "a-b"],
    ]


@given(st.lists(st.text(st.sampled_from("aZ/-nD \t\n\u00a0\u200b\u0301é~\x00"), max_size=5)))
def test_cells_that_are_looked_at_together_become_what_each_would(texts: list[str]) -> None:
    assert list(tidy_all(texts)) == [tidy(each) for each in texts]
    assert list(said_all(texts)) == [said(each) for each in texts]
    assert tidy_all(texts) is not texts or not any(map(has_control, texts))


def test_headers_are_found_whatever_their_case(write: WriteFile) -> None:
    assert read(write(b"External ID,Job-Title\n1,x\n")).columns == ("external_id", "job_title")


def test_one_of_their_columns_may_feed_several_of_ours(write: WriteFile) -> None:
    mapping = parse_maps(["Ref=external_id", "Post=name", "Post = job_title"], columns=COLUMNS)

    (row,) = read(write(b"Ref,Post\n7,Director\n"), mapping).rows

    assert row.values == {"external_id": "7", "name": "Director", "job_title": "Director"}


def test_a_map_wins_over_a_column_of_our_own_name(write: WriteFile) -> None:
    (row,) = read(write(b"external_id,name,Known as\n7,Robert,Bob\n"), {"Known as": ["name"]}).rows

    assert row.values["name"] == "Bob"


def test_columns_without_use_are_named(write: WriteFile) -> None:
    (problem,) = read(write(b"external_id,Pay,FTE\n7,1,1\n")).problems

    assert problem.as_text() == "Row 1: Not used: Pay, FTE."
    assert not problem.is_error


@pytest.mark.parametrize("text", ["Ref", "=name", "Ref=", "Ref=shoe_size"])
def test_a_bad_map_is_named_and_our_columns_are_listed(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="external_id, name, job_title") as caught:
        parse_maps([text], columns=COLUMNS)

    assert f"“{text}”" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "mapping", "message"),
    [
        (b"", {}, "empty"),
        (b"\n\n", {}, "empty"),
        (b"name,Ref\nA,1\n", {}, "no column for: external_id. .*“name”, “Ref”"),
        (b"name\nA\n", {"Ref": ["external_id"]}, "no column “Ref”. .*“name”"),
        (b"a,b\n1,2\n", {"a": ["external_id"], "b": ["external_id"]}, "Two columns are mapped"),
        (b"a\n1\n", {"a": ["shoe_size"]}, "no column “shoe_size”"),
        (b"external_id,name,Name\n1,2,3\n", {}, "“name” is in the file twice|“Name” is in the"),
        (b'external_id,name\n1,"open\n', {}, "Row 2 cannot be read"),
        (b"external_id\n\x81\n", {}, "save it as CSV in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "old or a protected Excel"),
        (b"PK\x03\x04 and then nonsense", {}, "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    write: WriteFile, content: bytes, mapping: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read(write(content), mapping)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        read(tmp_path / "nowhere.csv")


def test_a_row_with_more_cells_than_columns_is_an_error(write: WriteFile) -> None:
    (problem,) = read(write(b"external_id,name\n1,Cole, Dan\n")).problems

    assert (problem.row, problem.is_error) == (2, True)


def test_a_character_that_no_database_stores_is_an_error(write: WriteFile) -> None:
    content = ("external_id,name\n" + "1,A\n" * 60 + "2,B\0C\n").encode()

    table = read(write(content))

    (problem,) = table.problems
    assert (problem.row, problem.is_error) == (62, True)
    # What is kept to show the row can be stored.
    assert [*table.rows][-1].values == {"external_id": "2", "name": "B\ufffdC"}


def test_a_heading_that_no_database_stores_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="Row 2: There is a character in it"):
        book_headings(b"\nexternal_id,na\0me\n1,A\n")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"IMPORT_MAX_MEGABYTES": 0}, "bigger than 0 MB"),
        ({"IMPORT_MAX_ROWS": 1}, "more than 1 rows"),
        ({"IMPORT_MAX_COLUMNS": 1}, "more than 1 column"),
    ],
)
def test_files_are_capped(
    write: WriteFile, settings: Any, setting: dict[str, int], message: str
) -> None:
    settings.CHANGE_TRACKER = setting

    for content in (
        b"external_id,name\n1,A\n2,B\n",
        workbook(["external_id", "name"], ["1", "A"], ["2", "B"]),
    ):
        with pytest.raises(UnreadableFileError, match=message):
            read(write(content))


def test_a_workbook_gives_text_as_somebody_would_type_it(write: WriteFile) -> None:
    content = workbook(
        ["external_id", "name", "job_title"],
        [1001, " Ann ", date(2026, 11, 18)],
        [None, None, None],
        [7.5, 12.0, datetime(2026, 11, 18, 9, 30)],  # noqa: DTZ001 as Excel stores it
        more_sheets=1,
    )

    table = read(write(content))

    assert [(row.number, list(row.values.values())) for row in table.rows] == [
        (2, ["1001", "Ann", "2026-11-18"]),
        (4, ["7.5", "12", "2026-11-18 09:30:00"]),
    ]
    assert "Only the first sheet, “Sheet”" in table.problems[0].reason


@pytest.mark.parametrize(
    ("number", "number_format", "told"),
    [(123, "000000", "000123"), (123.0, "00", "123"), (12.5, "000", "12.5"), (7, "0.00", "7")],
)
def test_a_number_that_is_kept_with_zeros_before_it_has_them(
    write: WriteFile, number: float, number_format: str, told: str
) -> None:
    book = Workbook()
    book.active.append(["external_id"])
    book.active.append([number])
    book.active["A2"].number_format = number_format
    out = io.BytesIO()
    book.save(out)

    assert list(read(write(out.getvalue())).cells["external_id"]) == [told]


def test_formulas_that_failed_are_errors_and_those_without_an_answer_are_empty(
    write: WriteFile,
) -> None:
    content = workbook(
        ["external_id", "name", "notes"],
        ["1", "#N/A", "#REF!"],
        ["2", "#REF!", "x"],
        ["3", "C", ""],
    )

    table = read(write(content))

    assert list(table.cells["name"]) == ["", "#REF!", "C"]
    (problem,) = [each for each in table.problems if each.is_error]
    assert problem.as_text() == "Row 3, name: The formula in this cell has failed: #REF!"


def test_a_share_is_read_as_the_sheet_shows_it(write: WriteFile) -> None:
    shown = [
        (1, "0%"),
        (0.575, "0.0%"),
        (-0.05, "0%;[Red]-0%"),
        (80, '0"%"'),
        (80, "0\\%"),
        (1, "0"),
    ]
    book = Workbook()
    book.active.append(["external_id"])
    for row, (number, number_format) in enumerate(shown, start=2):
        book.active.cell(row, 1, number).number_format = number_format
    out = io.BytesIO()
    book.save(out)

    told = read(write(out.getvalue())).cells["external_id"]

    assert list(told) == ["100%", "57.5%", "-5%", "80", "80", "1"]


def test_lines_stay_within_the_cells_of_prose() -> None:
    content = b'"external_id","name","job_title"\r\n1,"A\r\n\r\n\r\n B  C \r\n","D\nE"\r\n'

    table = read_content(content, columns=COLUMNS, required=[], mapping={}, prose=["name"])

    assert [row.values["name"] for row in table.rows] == ["A\n\nB C"]
    assert table.cells["job_title"] == ["D E"]
    assert not table.problems


def repack(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(data) if info.filename == part else data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_that_unpacks_to_much_is_refused_before_parsing(write: WriteFile) -> None:
    bomb = repack(workbook(["external_id"], ["1"]), SHEET, lambda data: data + b" " * 60_000_000)

    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFileError, match="too big once unpacked"):
        read(write(bomb))


def test_a_workbook_that_lies_about_its_size_is_refused(write: WriteFile) -> None:
    bomb = repack(workbook(["external_id"], ["1"]), SHEET, lambda data: data + b" " * 60_000_000)
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        size = package.getinfo(SHEET).file_size
    lying = bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    with pytest.raises(UnreadableFileError, match=r"too big once unpacked|damaged"):
        read(write(lying))


def test_a_workbook_of_very_many_parts_is_refused(write: WriteFile) -> None:
    out = io.BytesIO(workbook(["external_id"], ["1"]))
    with zipfile.ZipFile(out, "a") as package:
        for number in range(1_000):
            package.writestr(f"xl/media/{number}", b"")

    with pytest.raises(UnreadableFileError, match="too big once unpacked"):
        read(write(out.getvalue()))


def test_a_workbook_with_entities_is_refused(write: WriteFile) -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'

    with pytest.raises(UnreadableFileError, match="damaged"):
        read(write(repack(workbook(["external_id"], ["1"]), SHEET, lambda _: evil)))


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = "xl/sharedStrings.xml"


def with_strings(content: bytes, strings: bytes, part: str = STRINGS) -> bytes:
    """The workbook with shared strings, as Excel writes them."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    line = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'.encode()
    declared = repack(content, "[Content_Types].xml", lambda data: data.replace(b"</Types>", line))
    return with_part(declared, part, f'<sst xmlns="{MAIN}">'.encode() + strings + b"</sst>")


def with_part(content: bytes, part: str, data: bytes) -> bytes:
    """The workbook with one part more, and what hardly packs, so that it packs like a real one."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, data)
        package.writestr("xl/media/image1.png", random.Random(1).randbytes(20_000))
    return out.getvalue()


def test_shared_strings_are_read_without_how_they_look_or_sound(write: WriteFile) -> None:
    lines = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 1}</v></c></row>' for row in (1, 2, 3)
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    strings = (
        "<si><t>external_id</t></si>"
        "<si><r><rPr><b/></rPr><t>Jo</t></r><r><t xml:space='preserve'> Ann</t></r></si>"
        "<si><t>山田_x005F_</t><rPh sb='0' eb='2'><t>ヤマダ</t></rPh><phoneticPr fontId='1'/></si>"
    )
    content = repack(workbook(["external_id"]), SHEET, lambda _: sheet.encode())

    rows = read(write(with_strings(content, strings.encode()))).rows

    assert [row.values["external_id"] for row in rows] == ["Jo Ann", "山田_"]


@pytest.mark.parametrize("item", [b"<si/>", b"<si><t>x</t></si>"])
def test_more_shared_strings_than_any_cell_shows_are_refused_before_parsing(
    write: WriteFile, item: bytes
) -> None:
    bomb = with_strings(workbook(["external_id"], ["1"]), item * 800_000)

    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFileError, match="too big once unpacked"):
        read(write(bomb))


@pytest.mark.parametrize("part", ["xl/drawings/drawing1.xml", "xl/media/image2.xml"])
def test_a_workbook_of_very_many_tags_beside_its_sheets_is_refused(
    write: WriteFile, part: str
) -> None:
    bomb = with_part(workbook(["external_id"], ["1"]), part, b"<xf/>" * 400_000)

    with pytest.raises(UnreadableFileError, match="too big once unpacked"):
        read(write(bomb))


def test_a_workbook_with_much_beside_its_sheets_is_refused(write: WriteFile) -> None:
    noise = random.Random(1).randbytes(100_000).hex().encode()
    bomb = with_part(workbook(["external_id"], ["1"]), "xl/comments1.xml", noise * 41)

    with pytest.raises(UnreadableFileError, match="too big once unpacked"):
        read(write(bomb))


def test_a_style_with_a_number_that_no_processor_holds_is_refused(write: WriteFile) -> None:
    content = repack(
        workbook(["external_id"], ["1"]),
        "xl/styles.xml",
        lambda data: data.replace(b'numFmtId="0"', b'numFmtId="99999999999999999999"'),
    )

    with pytest.raises(UnreadableFileError, match="damaged"):
        read(write(content))


def test_strings_that_pass_for_a_sheet_are_refused(write: WriteFile) -> None:
    content = with_strings(
        workbook(["external_id"], ["1"]), b"<si/>", part="xl/worksheets/strings.xml"
    )

    with pytest.raises(UnreadableFileError, match="damaged"):
        read(write(content))


def test_sheets_that_are_one_part_are_refused(write: WriteFile) -> None:
    content = repack(
        workbook(["external_id"], ["1"], more_sheets=1),
        "xl/_rels/workbook.xml.rels",
        lambda data: data.replace(b"sheet2.xml", b"sheet1.xml"),
    )

    with pytest.raises(UnreadableFileError, match="damaged"):
        read(write(content))


def test_a_workbook_of_many_sheets_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def note(stream: Any) -> list[str]:
        opened.append(stream)
        return []

    monkeypatch.setattr(xlsx_lines, "strings_of", note)
    content = with_strings(workbook(["external_id"], more_sheets=2), b"")

    assert book_headings(content) == {"Sheet": ["external_id"]}
    assert len(opened) == 1


def test_a_row_number_beyond_every_sheet_is_refused(write: WriteFile) -> None:
    content = repack(
        workbook(["external_id"], ["1"]),
        SHEET,
        lambda data: data.replace(b'<row r="2"', b'<row r="2000000000"'),
    )

    with pytest.raises(UnreadableFileError, match="too big"):
        read(write(content))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-18",
        "2026/11/18",
        "2026-11-18T00:00:00",
        "2026-11-18 09:30:00",
        "2026-11-18T09:30:00Z",
        "18.11.2026",
        "18. 11. 2026",
        "18/11/2026",
        "11/18/2026",
        "18 Nov 2026",
        "18-nov-2026",
        "18th November 2026",
        "November 18, 2026",
        "Nov. 18 2026",
    ],
)
def test_a_date_that_can_mean_one_day_is_read(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 18)


def test_the_same_number_twice_is_no_riddle() -> None:
    assert parse_date("05/05/2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2026", "two days"),
        ("31/31/2026", "calendar"),
        ("2026-02-30", "calendar"),
        ("0206-11-18", "too long ago"),
        ("45000", "not a date"),
        ("soon", "not a date"),
        ("18 Ma 2026", "not a date"),
        ("18 Jul 26", "not a date"),
        ("", "not a date"),
    ],
)
def test_any_other_date_says_what_is_wrong_with_it(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_date(text)


@pytest.mark.parametrize(
    ("held", "look", "read_as"),
    [
        (0.585, "0.0%", "58.5%"),
        (1, "0%", "100%"),
        (0.58333333, '0.00"  "%', "58.333333%"),
        (0.1 + 0.2, "0%", "30%"),
        (0.585, "General", "0.585"),
        (12.345, "General", "12.345"),  # a code, perhaps
    ],
)
def test_per_cent_is_read_as_it_is_shown(
    held: float, look: str, read_as: str, write: WriteFile
) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["external_id", "name"])
    sheet.append(["7", held])
    sheet["B2"].number_format = look
    file = io.BytesIO()
    book.save(file)

    (row,) = read(write(file.getvalue())).rows

    assert row.values == {"external_id": "7", "name": read_as}
