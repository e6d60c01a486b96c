"""Text compared as people read it: in any case, on every database.

SQLite's LIKE knows that of the letters A to Z only; Django's regular expressions there know all.
"""

import re

from django.db import connection
from django.db.models import Q


def has_in_it(field: str, text: str) -> Q:
    """Rows whose `field` has `text` somewhere."""
    return _in_any_case(field, text, "icontains", "{}")


def says(field: str, text: str) -> Q:
    """Rows whose `field` is `text`."""
    return _in_any_case(field, text, "iexact", r"\A{}\Z")


def _in_any_case(field: str, text: str, lookup: str, pattern: str) -> Q:
    if connection.vendor == "sqlite":
        return Q((f"{field}__iregex", pattern.format(re.escape(text))))
    return Q((f"{field}__{lookup}", text))
