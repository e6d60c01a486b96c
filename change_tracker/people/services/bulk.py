"""Writing many changed rows in few statements, on every database."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
BATCH = 1000


def overwrite(model: type[M], rows: Sequence[M], fields: Sequence[str]) -> None:
    """Write `fields` of stored `rows`, which must be complete: every column has its value.

    An upsert by primary key: `bulk_update` builds a CASE for each row and field and takes
    minutes for tens of thousands. The caller has locked the rows, so all of them exist.
    """
    if not rows:
        return
    by_key = ["id"] if connection.features.supports_update_conflicts_with_target else None
    model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, update_fields=fields, unique_fields=by_key
    )
