"""Short names in addresses, made from what something is called."""

from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from change_tracker.core.services import create_row

M = TypeVar("M", bound=models.Model)
ATTEMPTS = 3
#: For what is put behind it, where it is taken.
ROOM = 8


def create_with_slug(model: type[M], words: str, *, fallback: str, **values: Any) -> M:
    """Create a row as `create_row` does, under a slug for `words` that no other has."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return create_row(model, slug=free_slug(model, words, fallback=fallback), **values)
        except IntegrityError:
            # Somebody took the slug between our look and our write.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def free_slug(model: type[models.Model], words: str, *, fallback: str) -> str:
    """A slug for `words` that no row has yet: `new-desk`, `new-desk-2` …; one query.

    `fallback` where no letter of them can stand in an address.
    """
    column: Any = model._meta.get_field("slug")
    base = slugify(words)[: column.max_length - ROOM].strip("-") or fallback
    rows = model._default_manager.filter(slug__startswith=base)
    taken = set(rows.values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
