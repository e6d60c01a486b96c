"""Which cells are numbers, and which texts a spreadsheet would take for a formula."""

from decimal import Decimal
from math import isfinite
from typing import Any

#: A cell that begins like this would be run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: How such a text stands in a CSV file, so that it stays one.
MARKED = tuple(f"'{each}" for each in FORMULA)
#: Spreadsheets keep fifteen digits; a longer number is a text, so that none is lost.
EXACT = 10**15


def is_number(value: Any) -> bool:
    """Whether a spreadsheet can hold `value` as a number, without losing any of it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return isfinite(value) and -EXACT < value < EXACT


def marked(text: str) -> str:
    """`text` for a CSV file, where spreadsheets would run what looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unmarked(cells: list[str]) -> list[str]:
    """What was `marked` as it was before."""
    return [each[1:] if each.startswith(MARKED) else each for each in cells]
