"""Which files are taken, and what they are told otherwise."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from change_tracker.core.checks import check_upload_storage, check_upload_types
from change_tracker.core.uploads import KINDS, check_upload, plain_name, random_name

OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/slides/s.xml"}
OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
PLAIN = {
    "pdf": b"%PDF-1.7\n",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00",
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1",
    "gif": b"GIF89a\x01",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "mp4": b"\x00\x00\x00\x20ftypisom",
    "txt": "What I learnt: zuhören.".encode(),
    "csv": b"day;minutes\n",
}


def packed(*names: str, **texts: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as package:
        for name, text in [*texts.items(), *((name, b"<x/>") for name in names)]:
            package.writestr(name, text)
    return target.getvalue()


def sample(ending: str) -> bytes:
    if ending in OFFICE:
        return packed("[Content_Types].xml", OFFICE[ending])
    if ending in OPEN:
        kind = f"application/vnd.oasis.opendocument.{OPEN[ending]}".encode()
        return packed("content.xml", mimetype=kind)
    return PLAIN[ending]


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        check_upload(SimpleUploadedFile(name, content))
    return str(caught.value.messages[0])


@pytest.fixture
def every_type(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"UPLOAD_TYPES": tuple(KINDS)}


@pytest.mark.usefixtures("every_type")
@pytest.mark.parametrize("ending", sorted(KINDS))
def test_what_is_what_its_name_says_is_taken(ending: str) -> None:
    upload = SimpleUploadedFile(f"What I did.{ending.upper()}", sample(ending))

    assert check_upload(upload) == f"What I did.{ending.upper()}"
    assert upload.read() == sample(ending)  # nothing of it was used up


@pytest.mark.usefixtures("every_type")
@pytest.mark.parametrize("ending", sorted(KINDS))
def test_a_program_under_another_name_is_found_out(ending: str) -> None:
    said = refusal(f"harmless.{ending}", b"MZ\x90\x00\x03\x00\x00\x00 a program")

    assert f"is called a {ending.upper()} file, but is none inside" in said


@pytest.mark.parametrize("ending", sorted(OFFICE))
def test_an_office_file_of_another_kind_or_with_a_macro_is_refused(ending: str) -> None:
    other = packed("[Content_Types].xml", "elsewhere/document.xml")
    folder = OFFICE[ending].partition("/")[0]
    macro = packed("[Content_Types].xml", OFFICE[ending], f"{folder}/vbaProject.bin")

    assert "is none inside" in refusal(f"a.{ending}", other)
    assert "is none inside" in refusal(f"a.{ending}", macro)


def test_a_type_that_is_not_taken_is_told_which_are(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"UPLOAD_TYPES": ("pdf", "PNG")}

    for name in ("page.html", "drawing.svg", "run.exe", "no ending", "double.pdf.js", "sheet.csv"):
        assert refusal(name, b"x") == (
            f"“{name}” is of a type that is not allowed. Allowed: PDF, PNG."
        )


def test_what_is_too_big_is_told_how_big_it_may_be(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"UPLOAD_MAX_MEGABYTES": 1}

    said = refusal("film.pdf", b"%PDF-" + b"0" * 1_200_000)

    assert said == "“film.pdf” is too big: it has 1.2 MB, and at most 1 MB are taken."


def test_an_empty_file_is_refused() -> None:
    assert refusal("nothing.pdf", b"") == "“nothing.pdf” is empty."


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\report.pdf", "report.pdf"),
        ("gpj\u202e.exe\u0000\n.pdf", "gpj.exe.pdf"),
        ("ü" * 300 + ".pdf", "ü" * 146 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_without_tricks(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_the_name_in_the_storage_says_nothing() -> None:
    first, second = random_name(None, "salary.html"), random_name(None, "salary.html")

    assert first != second
    assert "salary" not in first
    assert "." not in first


def test_an_unknown_type_in_the_settings_is_an_error(settings: Any) -> None:
    settings.CHANGE_TRACKER = {"UPLOAD_TYPES": ("pdf", "exe")}

    (found,) = check_upload_types()

    assert found.id == "change_tracker.E004"
    assert "exe" in found.msg


def in_files(settings: Any, **options: Any) -> None:
    """Storages of a host that keeps files in folders."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {"default": {"BACKEND": backend, "OPTIONS": options}}


def test_files_are_kept_in_a_storage_that_there_is(settings: Any) -> None:
    assert check_upload_storage() == []
    settings.CHANGE_TRACKER = {"UPLOAD_STORAGE": "private"}

    (found,) = check_upload_storage()

    assert found.id == "change_tracker.E006"
    assert "default" in str(found.hint)


def test_files_in_no_folder_would_stand_beside_the_program(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = ""
    in_files(settings)

    (found,) = check_upload_storage()

    assert found.id == "change_tracker.W004"
    in_files(settings, location=tmp_path)
    assert check_upload_storage() == []
    in_files(settings)
    settings.MEDIA_ROOT = tmp_path
    assert check_upload_storage() == []
