"""Files that people send: judged by what is in them, kept under names that say nothing.

Which types are taken is the setting UPLOAD_TYPES, among those of KINDS: of these we can tell by the
first bytes, or by what is packed in them, that a file is what its name says.
"""

import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from change_tracker.core.conf import get_conf

MEGABYTE = 1_000_000
MOST_CHARACTERS = 150
#: How much of a text is looked at.
SAMPLE = 65_536
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"

Look = Callable[[IO[bytes]], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a type of file is called in answers, and how one sees that a file is one."""

    content_type: str
    looks_right: Look


def upload_storage() -> Storage:
    """Where files of people are kept: the alias in the setting UPLOAD_STORAGE."""
    return storages[get_conf().upload_storage]


def random_name(row: Any, name: str) -> str:
    """A name that nobody guesses, without the one that the file came with and without its ending:
    no web server that finds it takes it for a page or a program.
    """
    key = secrets.token_hex(16)
    return f"change_tracker/{key[:2]}/{key}"


@contextmanager
def stored(upload: Any) -> Iterator[str]:
    """The name under which `upload` is in the storage of people's files; empty for no upload.

    A storage may be far away, so this comes before anything is locked. When what follows fails, the
    file is removed: nobody would ever find it. It is copied, so that it can be sent again.
    """
    if not upload:
        yield ""
        return
    storage = upload_storage()
    name = storage.save(random_name(None, upload.name), File(upload.file, upload.name))
    try:
        yield name
    except BaseException:
        storage.delete(name)
        raise


def rewind(files: Any) -> None:
    """Have each of `files`, which came with a request if it had any, read from its start again."""
    if isinstance(files, MultiValueDict):
        for _name, sent in files.lists():
            for each in sent:
                each.seek(0)


def content_type_of(name: str) -> str:
    """What a file is sent as."""
    kind = KINDS.get(ending_of(name))
    return kind.content_type if kind else "application/octet-stream"


def ending_of(name: str) -> str:
    """The ending of a name, without the dot and in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def accepted_endings() -> list[str]:
    """The types that are taken, as the setting says."""
    return [each.lower() for each in get_conf().upload_types if each.lower() in KINDS]


def limits_in_words() -> str:
    """What one may send, for the hint beside the field."""
    return _("At most %(limit)s MB. Allowed: %(types)s.") % {
        "limit": get_conf().upload_max_megabytes,
        "types": _in_words(accepted_endings()),
    }


def check_upload(upload: Any) -> str:
    """The name to remember the file by. Raises ValidationError for what is too big, empty, of a
    type that is not taken, or not what its name says.
    """
    name = plain_name(upload.name or "")
    ending, limit = ending_of(name), get_conf().upload_max_megabytes
    if upload.size > limit * MEGABYTE:
        size = f"{upload.size / MEGABYTE:.1f}"
        words = _("“%(name)s” is too big: it has %(size)s MB, and at most %(limit)s MB are taken.")
        raise ValidationError(words % {"name": name, "size": size, "limit": limit}, code="too_big")
    if ending not in accepted_endings():
        words = _("“%(name)s” is of a type that is not allowed. Allowed: %(types)s.")
        types = _in_words(accepted_endings())
        raise ValidationError(words % {"name": name, "types": types}, code="wrong_type")
    if not upload.size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": name}, code="empty")
    if not _looks_right(upload, KINDS[ending].looks_right):
        words = _(
            "“%(name)s” is called a %(type)s file, but is none inside. Save it once more in that "
            "format, or choose another file."
        )
        raise ValidationError(words % {"name": name, "type": ending.upper()}, code="not_what_it_is")
    return name


def plain_name(name: str) -> str:
    """Without folders and without characters that cannot be seen; short, with its ending."""
    base = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in base if unicodedata.category(each)[0] != "C").strip()
    if len(seen) <= MOST_CHARACTERS:
        return seen
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: MOST_CHARACTERS - len(ending) - 1]}{dot}{ending}"[:MOST_CHARACTERS]


def _in_words(endings: list[str]) -> str:
    return ", ".join(each.upper() for each in endings)


def _looks_right(upload: Any, look: Look) -> bool:
    upload.seek(0)
    try:
        return look(upload)
    finally:
        upload.seek(0)


def _begins(*signatures: bytes, at: int = 0) -> Look:
    def look(file: IO[bytes]) -> bool:
        return file.read(at + 16)[at:].startswith(signatures)

    return look


def _is_webp(file: IO[bytes]) -> bool:
    head = file.read(12)
    return head.startswith(b"RIFF") and head[8:] == b"WEBP"


def _is_text(file: IO[bytes]) -> bool:
    sample = file.read(SAMPLE)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\x00" not in sample


def _holds(folder: str) -> Look:
    """An office file of that folder, without macros."""

    def look(file: IO[bytes]) -> bool:
        names = _packed(file)
        programs = any(each.lower().endswith(".bin") and "vba" in each.lower() for each in names)
        is_office = "[Content_Types].xml" in names
        return is_office and not programs and any(each.startswith(folder) for each in names)

    return look


def _says(content_type: str) -> Look:
    """An OpenDocument file, which says in its first part what it is."""

    def look(file: IO[bytes]) -> bool:
        return "content.xml" in _packed(file) and content_type.encode() in _head(file)

    return look


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(200)


def _packed(file: IO[bytes]) -> list[str]:
    try:
        with ZipFile(file) as package:
            return package.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return []


KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", _begins(b"%PDF-")),
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", _begins(b"\xff\xd8\xff")),
    "gif": Kind("image/gif", _begins(b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", _is_webp),
    "docx": Kind(f"{OFFICE}.wordprocessingml.document", _holds("word/")),
    "xlsx": Kind(f"{OFFICE}.spreadsheetml.sheet", _holds("xl/")),
    "pptx": Kind(f"{OFFICE}.presentationml.presentation", _holds("ppt/")),
    "odt": Kind(f"{OPEN}.text", _says(f"{OPEN}.text")),
    "ods": Kind(f"{OPEN}.spreadsheet", _says(f"{OPEN}.spreadsheet")),
    "odp": Kind(f"{OPEN}.presentation", _says(f"{OPEN}.presentation")),
    "mp4": Kind("video/mp4", _begins(b"ftyp", at=4)),
    "txt": Kind("text/plain", _is_text),
    "csv": Kind("text/csv", _is_text),
}
