"""Doing again what the database ended for another one's sake.

Two that write the same rows in another order wait for each other until the database ends one of
them; no database promises that it never has to. Nothing was written then, so it is begun anew.

So is the work of whoever was slower: of two that make what there is once, or where one deletes what
the other begins to use. Both had looked before; who looks again is told by the service how it is.
"""

import time
from collections.abc import Callable
from copy import copy
from random import SystemRandom
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError

T = TypeVar("T")
R = TypeVar("R")
#: So often something is begun in all.
TRIES = 4
#: Who has waited for so many seconds and in vain is told so, instead of waiting as long again.
PATIENCE = 2.0
#: The longest pause before something is begun anew, in seconds; twice as long each time.
PAUSE = 0.1
#: Ended at once: a deadlock, or a row that is not as it was read. PostgreSQL, MariaDB, SQLite.
ENDED = {"40P01", "40001", 1213, 1020, 517}
#: Waited in vain for a lock: the same; and for the whole file, or a table of it.
WAITED = {"55P03", 1205, 5, 261, 773, 6, 262}
#: Somebody was quicker: it is there already, or what it refers to is gone, or is in use.
QUICKER = {"23505", "23503", 1062, 1451, 1452, 2067, 1555, 787}


class BusyError(ChangeTrackerError):
    """Others wrote the same, each time."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else was writing the same at this moment. Nothing was saved; try it "
                "once more."
            )
        )


def again(work: Callable[[], T]) -> T:
    """What `work` returns; begun anew where the database ended it for another one's sake, or where
    somebody was quicker.

    It writes in one transaction, or such that a second time does no harm, and reads everything
    itself. Within somebody else's transaction it is begun once, and that one writes nothing then.
    Raises BusyError, and the error of the database where that is nobody else's doing.
    """
    tries = 1 if connection.in_atomic_block else TRIES
    for number in range(1, tries + 1):
        began = time.monotonic()
        try:
            return work()
        except IntegrityError as error:
            if number == tries or _code_of(error) not in QUICKER:
                raise
        except OperationalError as error:
            if not _is_ended(error):
                raise
            if number == tries or _was_patient(error, began):
                _write_nothing()
                raise BusyError from error
        time.sleep(SystemRandom().uniform(0, PAUSE * 2**number))
    raise AssertionError("The last try returns or raises.")


def again_with(row: R, work: Callable[[R], T]) -> T:
    """`again` for one of several rows: each time as it is given here, and not as the first try, of
    which nothing was written, has left it.
    """
    return again(lambda: work(copy(row)))


def _is_ended(error: OperationalError) -> bool:
    return _code_of(error) in ENDED | WAITED


def _was_patient(error: OperationalError, began: float) -> bool:
    return _code_of(error) in WAITED and time.monotonic() - began > PATIENCE


def _code_of(error: DatabaseError) -> Any:
    """What the driver says of it: psycopg 3 and 2, sqlite3, mysqlclient."""
    names = ("sqlstate", "pgcode", "sqlite_errorcode")
    found = (getattr(error.__cause__, name, None) for name in names)
    return next((code for code in found if code is not None), next(iter(error.args), None))


def _write_nothing() -> None:
    # MariaDB has taken back all of it, or one statement only, as it likes.
    if connection.in_atomic_block:
        transaction.set_rollback(True)
