"""What another one does at the one moment that matters: right before a statement of ours."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def before(statement: str, act: Callable[[], object]) -> Iterator[None]:
    """`act` once, right before the first statement of this connection that `statement` (a pattern)
    is found in.
    """
    found: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if not found and re.search(statement, sql):
            found.append(sql)
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield
    assert found, f"nothing like {statement}"
