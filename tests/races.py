"""Two callers at once, each with a connection of its own, on a server that locks rows.

Each race is run a few times; `CHANGE_TRACKER_RACES=500` runs it as often as a night has time for.
"""

import os
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from change_tracker.core.again import again
from change_tracker.core.errors import ChangeTrackerError

#: How often each race is run.
ROUNDS = int(os.environ.get("CHANGE_TRACKER_RACES", "8"))
#: So many seconds are enough for whoever has to wait for nobody.
A_MOMENT = 1


def at_once(*calls: Callable[[], object], seconds: float = 30) -> list[object]:
    """Run `calls` in threads that start together, as edges do: begun anew where the database ended
    one for another one's sake. Their results, or how they were refused.

    None of them may take longer than `seconds`.
    """
    barrier = Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = again(call)
        except ChangeTrackerError as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive()
    return results


class Beside:
    """Another caller, who begins just before `module.name` is called, once, on a connection of
    their own: they are done by the time that it is, or wait for what we hold.
    """

    def __init__(
        self, patch: pytest.MonkeyPatch, module: Any, name: str, call: Callable[[], object]
    ) -> None:
        self._patch, self._call, self._results = patch, call, list[object]()
        self._thread = Thread(target=self._run)
        self._real = getattr(module, name)
        patch.setattr(module, name, self._after)

    def _after(self, *given: Any, **named: Any) -> Any:
        self._patch.undo()
        self._thread.start()
        self._thread.join(A_MOMENT)
        return self._real(*given, **named)

    def _run(self) -> None:
        self._results += at_once(self._call)

    def result(self) -> object:
        """What came of it, or how they were refused, once we hold nothing any more."""
        self._thread.join(30)
        return self._results[0]
