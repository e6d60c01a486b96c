"""Which cells are numbers, and which texts a spreadsheet would take for a formula."""

from decimal import Decimal
from math import isfinite
from typing import Any

#: A cell that begins like this would be run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Spreadsheets keep fifteen digits; a longer number is a text, so that none is lost.
EXACT = 10**15


def as_meant(text: str) -> str:
    """`text` without the mark that our own files put before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def is_number(value: Any) -> bool:
    """Whether a spreadsheet can hold `value` as a number, without losing any of it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return isfinite(value) and -EXACT < value < EXACT
