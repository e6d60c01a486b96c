"""What a cell says, whatever it comes from."""

import unicodedata

#: What systems write when they have nothing to say; compared without regard to case.
PLACEHOLDERS = frozenset({"n/d", "n/a", "-"})
#: Spaces without width and byte order marks, which `str.split` leaves.
INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def tidy(text: str) -> str:
    """`text` with one space for a run of white space, and letters in their composed form."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return " ".join(text.split())


def said(text: str) -> str:
    """`text`, or nothing where it is a placeholder."""
    return "" if text.casefold() in PLACEHOLDERS else text
