"""What the cells of a column may say: each text that is there is checked once."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import CharField
from django.utils.translation import gettext as _

from change_tracker.core.tables import Problem, parse_date
from change_tracker.people.models import OrgUnit, Person
from change_tracker.people.rules import known_language, known_timezone

#: Pairs of dates: the later one, and the one that it may not be before.
ORDERED = {"ends_on": "starts_on", "absent_to": "absent_from"}
DATES = frozenset({*ORDERED, *ORDERED.values()})
#: Our columns that are columns of Person as they stand; the others are references.
FIELD_OF = {
    "name": "display_name",
    "email": "email",
    "job_title": "job_title",
    "location": "location",
    "timezone": "timezone",
    "language": "language",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
}
#: Most addresses. Django's own check, which knows all of them, takes twenty times as long.
USUAL_ADDRESS = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.ASCII | re.IGNORECASE,
)

#: The value of a cell, and what is wrong with it: a reason, and whether it is an error.
Checked = tuple[Any, tuple[str, bool] | None]


def check_column(
    column: str, texts: Sequence[str], numbers: Sequence[int]
) -> tuple[Sequence[Any], list[Problem]]:
    """The values of `texts`, which stand in the rows `numbers`, and their problems.

    Dates are dates, None where the cell is empty; everything else is text. `texts` itself where
    all of it stays as it is.
    """
    differing: dict[str, Checked] = {}
    for text in _worth_a_look(column, set(texts)):
        checked = _checked(column, text)
        if checked != (text, None):
            differing[text] = checked
    if not differing:
        return texts, []
    wrong = {text: problem for text, (_value, problem) in differing.items() if problem}
    problems = (
        [
            Problem(number, column, *wrong[text])
            for number, text in zip(numbers, texts, strict=True)
            if text in wrong
        ]
        if wrong
        else []
    )
    values = {text: value for text, (value, _problem) in differing.items()}
    return [values.get(text, text) for text in texts], problems


def _worth_a_look(column: str, texts: Collection[str]) -> Iterable[str]:
    """Those of `texts` that may have a value other than themselves, or a problem."""
    if column == "email":
        return [
            each
            for each in texts
            if len(each) > LONGEST["email"] or not USUAL_ADDRESS.fullmatch(each)
        ]
    if column in DATES or column in CHECKS:
        return texts
    limit = LONGEST.get(column)
    long = [each for each in texts if len(each) > limit] if limit is not None else []
    return [*long, ""] if column == "external_id" and "" in texts else long


def _checked(column: str, text: str) -> Checked:
    if column in DATES:
        return _date(text)
    if not text:
        return "", ((_("It is empty."), True) if column == "external_id" else None)
    limit = LONGEST.get(column)
    if limit is not None and len(text) > limit:
        reason = _("It is longer than %(limit)s characters.") % {"limit": limit}
        return text, (reason, True)
    check = CHECKS.get(column)
    return check(text) if check is not None else (text, None)


def _date(text: str) -> Checked:
    if not text:
        return None, None
    try:
        return parse_date(text), None
    except ValueError as error:
        return None, (str(error), True)


def _email(text: str) -> Checked:
    try:
        validate_email(text)
    except ValidationError:
        return "", (_("“%(text)s” is no e-mail address; left empty.") % {"text": text}, False)
    return text, None


def _timezone(text: str) -> Checked:
    found = known_timezone(text)
    if found is None:
        return "", (_("The time zone “%(text)s” is not known; left empty.") % {"text": text}, False)
    return found, None


def _language(text: str) -> Checked:
    found = known_language(text)
    if found is None:
        return "", (_("The language “%(text)s” is not known; left empty.") % {"text": text}, False)
    return found, None


CHECKS: dict[str, Callable[[str], Checked]] = {
    "email": _email,
    "timezone": _timezone,
    "language": _language,
}


def _longest() -> dict[str, int]:
    fields = {column: Person._meta.get_field(field) for column, field in FIELD_OF.items()}
    fields["external_id"] = Person._meta.get_field("external_id")
    fields["unit"] = fields["unit_parent"] = OrgUnit._meta.get_field("name")
    fields["unit_id"] = OrgUnit._meta.get_field("external_id")
    return {
        column: field.max_length
        for column, field in fields.items()
        if isinstance(field, CharField) and field.max_length
    }


LONGEST = _longest()
