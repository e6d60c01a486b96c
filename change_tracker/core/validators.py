"""What is checked of values on pages, in the API, in the admin and by services alike."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

#: What is outside of these is a typing mistake, such as the year 26, which browsers make of two
#: digits; and counting from it leads nowhere.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
#: What no database keeps in a text: a zero, and half of a pair of UTF-16.
NO_TEXT = re.compile("[\0\ud800-\udfff]")

_opens_by_itself = URLValidator(schemes=("http", "https"))


def web_address(value: str) -> None:
    """Raise ValidationError unless it is the address of a web page, which any browser opens.

    No URLValidator itself: REST framework leaves those of a column out, and checks by its own.
    """
    _opens_by_itself(value)


def plausible_day(day: date) -> None:
    """Raise ValidationError for a day that nobody can mean."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Look at the year: it is too long ago, or too far ahead."))


def days_in_order(first: date | None, last: date | None, *, field: str) -> None:
    """Raise ValidationError, of the `field` of the last day, where that is before the first."""
    if first and last and last < first:
        raise ValidationError({field: _("The last day is before the first.")})
