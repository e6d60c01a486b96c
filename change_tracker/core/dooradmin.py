"""What of our doorway the admin asks for itself."""

from typing import Any

from django.db import models
from django.http import HttpRequest

from change_tracker.core.access import VisibleQuerySet
from change_tracker.core.errors import StaleRowError


def asks_for_names(request: HttpRequest) -> bool:
    """Whether the search behind a reference field asks."""
    match = request.resolver_match
    return match is not None and match.url_name == "autocomplete"


def in_full(rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
    """Those that the user may read in full; the admin has no brief forms."""
    if isinstance(rows, VisibleQuerySet):
        return rows.known_in_full_to(request.user)
    return rows  # a model without a doorway of its own


def may_change(request: HttpRequest, row: Any, verb: str = "changeable_by") -> bool:
    """Whether the doorway lets the user write `row`; without a row, Django's permission decides.

    One query a row and request: the admin asks again for every row of every inline.
    """
    if row is None or row.pk is None:
        return True
    answers: dict[Any, bool] = request.__dict__.setdefault("ct_may_change", {})
    key = (type(row), row.pk, verb)
    if key not in answers:
        rows: Any = type(row)._default_manager.all()
        answers[key] = getattr(rows, verb)(request.user).filter(pk=row.pk).exists()
    return answers[key]


def version_field(prefix: str = "") -> str:
    """The name under which a form says which version of a row it was opened with; of a row of an
    inline with the prefix of that.
    """
    return f"{prefix}-ct_version" if prefix else "ct_version"


def as_opened(request: HttpRequest, row: Any, prefix: str = "") -> Any:
    """`row`, as the form that came was opened with it. Raises StaleRowError where it was changed
    since: the admin compares with what is there now, and would take that back.
    """
    opened_with = request.POST.get(version_field(prefix))
    if opened_with and opened_with != str(getattr(row, "version", opened_with)):
        raise StaleRowError
    return row
