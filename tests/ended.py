"""What a database does that ends a transaction for another one's sake, where tests want it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) [\"`](\w+)")
DEADLOCK = (1213, "Deadlock found when trying to get lock; try restarting transaction")


@contextmanager
def ended(times: int, writes: str = "", error: tuple[Any, ...] = DEADLOCK) -> Iterator[list[str]]:
    """The first `times` statements that write to a table with `writes` in its name are ended so;
    yields them.
    """
    found: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        said = WRITES.match(sql)
        if said and writes in said[1] and len(found) < times:
            found.append(sql)
            raise OperationalError(*error)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found
    assert len(found) == times
