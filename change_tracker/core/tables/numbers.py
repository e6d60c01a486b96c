"""Numbers as people type them, as far as they can mean one number only."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
#: One group of three after a separator: a thousand to some, a fraction to others.
EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def parse_number(text: str) -> Decimal:
    """The one number that `text` can mean: 62, 62.5 or 62,5.

    Raises ValueError, with a translated reason, for everything else; also for 1.234 and 1,234,
    which are a thousand to some and little more than one to others.
    """
    plain = text.replace("\u2212", "-").removesuffix("%").strip()
    if EITHER.fullmatch(plain):
        raise ValueError(
            _(
                "“%(text)s” can mean two numbers; write it without a separator of thousands, "
                "and with two decimals at most."
            )
            % {"text": text}
        )
    if not PLAIN.fullmatch(plain):
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text})
    return Decimal(plain.replace(",", "."))
