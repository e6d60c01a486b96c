"""What is translated and what ought to be: catalogues, sources, and a language that marks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gettext import GNUTranslations
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from tests.contracts.source import PACKAGE, ROOT

HOST = ROOT / "project"
#: The folders whose texts a catalogue holds, by the folder of its `locale`.
CATALOGUES = {PACKAGE: (PACKAGE,), HOST: (HOST, ROOT / "templates")}
TEMPLATES = {".html", ".txt"}
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
OPEN, CLOSE = "⟦", "⟧"
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-label", "aria-description"}
SILENT = {"script", "style"}

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """One entry: how it is called in the source, and what is made of it."""

    singular: str
    plural: str
    context: str
    translations: tuple[str, ...]
    is_fuzzy: bool

    @property
    def key(self) -> Key:
        return (self.context, self.singular)

    def faults(self) -> Iterator[str]:
        """What is wrong with the translation."""
        if self.is_fuzzy:
            yield f"guessed, not translated: {self.singular}"
        wanted = [placeholders(self.singular), placeholders(self.plural or self.singular)]
        for each in self.translations:
            if not each:
                yield f"not translated: {self.singular}"
            elif placeholders(each) not in wanted:
                yield f"other placeholders: {self.singular}"
        if bool(self.plural) != (len(self.translations) == 2):
            yield f"not every plural form: {self.singular}"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def catalogue(folder: Path) -> list[Text]:
    """The German entries of `folder`."""
    with path_of(folder).open("rb") as file:
        return [_text(each) for each in read_po(file) if each.id]


def path_of(folder: Path) -> Path:
    return folder / "locale" / "de" / "LC_MESSAGES" / "django.po"


def shipped(folder: Path) -> dict[Any, str]:
    """What is in the compiled catalogue of `folder`."""
    with path_of(folder).with_suffix(".mo").open("rb") as file:
        return _entries(file)


def compiled(folder: Path) -> dict[Any, str]:
    """What the compiled catalogue of `folder` ought to hold."""
    made = BytesIO()
    with path_of(folder).open("rb") as file:
        write_mo(made, read_po(file))
    made.seek(0)
    return _entries(made)


def _entries(file: Any) -> dict[Any, str]:
    entries: dict[Any, str] = vars(GNUTranslations(file))["_catalog"]
    return {key: text for key, text in entries.items() if key}


def _text(message: Any) -> Text:
    singular, plural = message.id if message.pluralizable else (message.id, "")
    strings = message.string if message.pluralizable else (message.string,)
    return Text(singular, plural, message.context or "", tuple(strings), message.fuzzy)


def texts_of(folder: Path) -> set[Key]:
    """The texts in the sources that belong to the catalogue of `folder`."""
    return {
        key
        for root in CATALOGUES[folder]
        for path in root.rglob("*")
        if path.suffix in {".py", *TEMPLATES} and "migrations" not in path.parts
        for key in _texts(path)
    }


def _texts(path: Path) -> Iterator[Key]:
    source = path.read_text("utf-8")
    if path.suffix in TEMPLATES:
        # Not quite Python: whatever is no text is blanked out, and keeps its indentation.
        python = templatize(source, origin=str(path))
        source = "\n".join(line.strip() for line in python.splitlines())
    file = BytesIO(source.encode())
    for _line, found, _comments, context in extract("python", file, KEYWORDS, options=UTF8):
        yield (context or "", found if isinstance(found, str) else found[0])


UTF8 = {"encoding": "utf-8"}


class Marking(trans_real.DjangoTranslation):
    """English, with marks around whatever went through a translation."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{super().gettext(message).rpartition(chr(4))[2]}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{super().ngettext(msgid1, msgid2, n).rpartition(chr(4))[2]}{CLOSE}"


@contextmanager
def marking() -> Iterator[None]:
    """English marks what is translated."""
    known: dict[str, trans_real.DjangoTranslation] = vars(trans_real)["_translations"]
    english = known.get("en")
    known["en"] = Marking("en")
    try:
        with translation.override("en"):
            yield
    finally:
        del known["en"]
        if english:
            known["en"] = english


class _Spoken(HTMLParser):
    """The parts of a page that a person reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.attributes: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in SILENT
        self.attributes += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(data)


def unmarked(page: str) -> set[str]:
    """Words of a page that went through no translation."""
    parser = _Spoken()
    parser.feed(page)
    whole = ["".join(parser.text), *parser.attributes]
    return {word for each in whole for word in WORD.findall(_outside(each))}


def _outside(text: str) -> str:
    """What stands outside all marks; they may lie within each other."""
    depth, kept = 0, []
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        kept.append(" " if depth or character == CLOSE else character)
    return "".join(kept)
