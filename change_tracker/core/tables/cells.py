"""What a cell says, whatever it comes from."""

import unicodedata
from collections.abc import Sequence
from itertools import product

#: What systems write when they have nothing to say; compared without regard to case.
PLACEHOLDERS = frozenset({"n/d", "n/a", "-"})
#: The same in every case, so that a column without any is told at once.
SPELLINGS = frozenset(
    "".join(letters)
    for word in PLACEHOLDERS
    for letters in product(*((each.lower(), each.upper()) for each in word))
)
#: Spaces without width and byte order marks, which `str.split` leaves.
INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
#: Stands between cells that are looked at together.
BETWEEN = "~"


def tidy(text: str) -> str:
    """`text` with one space for a run of white space, and letters in their composed form."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return " ".join(text.split())


def tidy_all(texts: Sequence[str]) -> Sequence[str]:
    """Each of `texts` tidy; `texts` itself where all of them are, and can be stored.

    They are looked at together, which takes a tenth of the time and is enough for most files.
    """
    return texts if _is_tidy(BETWEEN.join(texts)) else [tidy(each) for each in texts]


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
    return not text.isprintable() and any(
        unicodedata.category(each) in {"Cc", "Cs"} for each in text
    )
