"""What a cell says, whatever it comes from."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import product

#: What systems write when they have nothing to say; compared without regard to case.
PLACEHOLDERS = frozenset({"n/d", "n/a", "#n/a", "-"})
#: What stands in a workbook where a formula has come to nothing that anybody meant.
FAILURES = frozenset({"#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
#: The same in every case, so that a column without any is told at once.
SPELLINGS = frozenset(
    "".join(letters)
    for word in PLACEHOLDERS
    for letters in product(*((each.lower(), each.upper()) for each in word))
)
#: Spaces without width and byte order marks, which `str.split` leaves.
INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
EMPTY_LINES = re.compile("\n{3,}")
Clean = Callable[[str], str]
#: Stands between cells that are looked at together.
BETWEEN = "~"


def tidy(text: str) -> str:
    """`text` with one space for a run of white space, and letters in their composed form."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return " ".join(text.split())


def tidy_lines(text: str) -> str:
    """The same line by line, with one empty line at most between others."""
    lines = "\n".join(tidy(each) for each in text.splitlines())
    return EMPTY_LINES.sub("\n\n", lines).strip("\n")


def tidy_all(texts: Sequence[str], clean: Clean = tidy) -> Sequence[str]:
    """Each of `texts` as `clean` leaves it; `texts` itself where they are so and can be stored.

    They are looked at together, which takes a tenth of the time and is enough for most files.
    """
    return texts if _is_tidy(BETWEEN.join(texts)) else [clean(each) for each in texts]


def _is_tidy(joined: str) -> bool:
    """False also where it cannot tell: `tidy` finds nothing to do then."""
    # Neither control characters, nor invisible ones, nor white space but the space, can be printed.
    if not joined.isprintable() or joined != joined.strip():
        return False
    if any(spaces in joined for spaces in ("  ", f" {BETWEEN}", f"{BETWEEN} ")):
        return False
    return joined.isascii() or unicodedata.is_normalized("NFC", joined)


def said(text: str) -> str:
    """`text`, or nothing where it is a placeholder."""
    return "" if text.casefold() in PLACEHOLDERS else text


def said_all(texts: Sequence[str]) -> Sequence[str]:
    """What each of `texts` says; `texts` itself where none is a placeholder."""
    return texts if SPELLINGS.isdisjoint(texts) else [said(each) for each in texts]


def has_control(text: str) -> bool:
    """Whether a character is in it that cannot be stored."""
    return not text.isprintable() and any(map(_is_control, text))


def storable(text: str) -> str:
    """`text` with a sign in the place of each character that cannot be stored."""
    if not has_control(text):
        return text
    return "".join("\ufffd" if _is_control(each) else each for each in text)


def _is_control(letter: str) -> bool:
    return letter != "\n" and unicodedata.category(letter) in {"Cc", "Cs"}
