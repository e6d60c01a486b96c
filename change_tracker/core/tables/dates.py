"""Dates as people type them, as far as they can mean one day only."""

import re
from datetime import date, datetime

from django.utils.translation import gettext as _

from change_tracker.core.validators import FIRST_DAY

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
SLASHED = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})")
MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def parse_date(text: str) -> date:
    """The one day that `text` can mean.

    Takes 2026-11-18 (also with a time, or with "/" and "."), 18.11.2026, 18 Nov 2026,
    November 18, 2026, and 18/11/2026 where one of both numbers cannot be a month. Raises
    ValueError, with a translated reason, for everything else.
    """
    found = _parts(text.strip().casefold())
    if found is None:
        raise ValueError(_("“%(text)s” is not a date; write YYYY-MM-DD.") % {"text": text})
    try:
        day = date(*found)
    except ValueError:
        raise ValueError(_("“%(text)s” is not in the calendar.") % {"text": text}) from None
    if day < FIRST_DAY:
        raise ValueError(_("“%(text)s” is too long ago.") % {"text": text})
    return day


def _parts(text: str) -> tuple[int, int, int] | None:
    if match := ISO.fullmatch(_without_time(text)):
        year, month, day = (int(each) for each in match.groups())
        return year, month, day
    if match := DOTTED.fullmatch(text):
        day, month, year = (int(each) for each in match.groups())
        return year, month, day
    if match := SLASHED.fullmatch(text):
        first, second, year = (int(each) for each in match.groups())
        return _slashed(text, first, second, year)
    return _named(text)


def _without_time(text: str) -> str:
    if len(text) > 10 and text[10] in "t ":
        try:
            return datetime.fromisoformat(text.upper()).date().isoformat()
        except ValueError:
            return text
    return text


def _slashed(text: str, first: int, second: int, year: int) -> tuple[int, int, int]:
    if first <= 12 and second <= 12 and first != second:
        raise ValueError(
            _("“%(text)s” can mean two days; write YYYY-MM-DD.") % {"text": text},
        )
    return (year, first, second) if second > 12 else (year, second, first)


def _named(text: str) -> tuple[int, int, int] | None:
    if match := DAY_MONTH.fullmatch(text):
        day, name, year = match.groups()
    elif match := MONTH_DAY.fullmatch(text):
        name, day, year = match.groups()
    else:
        return None
    months = [number for number, full in enumerate(MONTHS, 1) if full.startswith(name[:9])]
    return (int(year), months[0], int(day)) if len(months) == 1 else None
