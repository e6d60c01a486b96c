"""All rows of a list, in batches, so that memory holds one batch on every database.

No cursor stays open: those of PostgreSQL need a transaction or a connection of one's own, which
poolers may not give, and the drivers of MariaDB hold a whole answer in memory.
"""

from array import array
from collections.abc import Iterator
from typing import Any

BATCH = 1_000


def by_key(rows: Any, batch: int = BATCH) -> Iterator[Any]:
    """Every row, newest (largest key) first: each batch begins where the last one ended.

    One query for each batch, and those of its prefetches.
    """
    ordered, below = rows.order_by("-pk"), None
    while True:
        found = list((ordered if below is None else ordered.filter(pk__lt=below))[:batch])
        yield from found
        if len(found) < batch:
            return
        below = found[-1].pk


def in_order(rows: Any, batch: int = BATCH) -> Iterator[Any]:
    """Every row in the order of `rows`: their keys first (8 bytes each), then batch by batch.

    A row that is gone when its batch is read is left out.
    """
    keys = array("q", rows.values_list("pk", flat=True).iterator(chunk_size=batch))
    unordered = rows.order_by()
    for begin in range(0, len(keys), batch):
        some = keys[begin : begin + batch]
        found = {row.pk: row for row in unordered.filter(pk__in=list(some))}
        yield from (found[key] for key in some if key in found)
