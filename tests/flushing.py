"""What a test leaves in PostgreSQL: its rows are deleted at once, and their number is forgotten."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

#: Statements after which the planner knows how large tables are.
TELLING = ("ANALYZE", "VACUUM")
told = pytest.StashKey[list[str]]()
blocker = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[told] = heard = []
    if connection.vendor != "postgresql":
        return
    setattr(type(connection.ops), "sql_flush", _deletes)  # noqa: B010  for tests only

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(TELLING):
            heard.append(sql)
        return execute(sql, *rest)

    connection.execute_wrappers.append(listen)


def _deletes(
    self: BaseDatabaseOperations, style: Any, tables: Sequence[str], **options: Any
) -> list[str]:
    """Foreign keys are looked at when all is deleted, so the order is any.

    TRUNCATE writes new files for every table and its indexes, and waits until they are on the
    disk: two seconds for tables that hold a handful of rows.
    """
    return [f"DELETE FROM {self.quote_name(table)};" for table in tables]  # noqa: S608  ours


@pytest.fixture(scope="session", autouse=True)
def _opens(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    """What lets the hook below ask the database, between two tests."""
    request.config.stash[blocker] = django_db_blocker


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """How many rows a table had is known beyond the transaction that looked, and on a server that
    does not look again by itself it is known to the end: whichever test is the next to make
    thousands would wait minutes, for a plan that is good for three.
    """
    yield
    if item.config.stash[told]:
        with item.config.stash[blocker].unblock():
            _forget_sizes()
        item.config.stash[told].clear()


def _forget_sizes() -> None:
    """Give back the pages, of which nobody needs one any more: without any there is no size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relpages > 0"
            " AND reltuples >= 0 AND relnamespace = 'public'::regnamespace"
        )
        tables = [str(name) for (name,) in cursor.fetchall()]
        if tables:
            cursor.execute(f"VACUUM {', '.join(tables)}")
