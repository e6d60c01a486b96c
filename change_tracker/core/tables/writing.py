"""A list as a CSV file that a spreadsheet opens."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

#: A cell that begins like this would be run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_answer(name: str, head: Sequence[Any], lines: Iterable[Sequence[Any]]) -> HttpResponse:
    """A download called `name`.csv; the byte order mark tells spreadsheets that it is UTF-8."""
    answer = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    writer = csv.writer(answer)
    writer.writerow([str(each) for each in head])
    writer.writerows([_cell(each) for each in line] for line in lines)
    return answer


def _cell(value: Any) -> Any:
    """The value as it is; a person's name or title is text, whatever it begins with."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
