"""Two callers at once, each with a connection of its own, on a server that locks rows.

Each race is run a few times; `CHANGE_TRACKER_RACES=500` runs it as often as a night has time for.
"""

import os
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction

from change_tracker.core.again import again
from change_tracker.core.errors import ChangeTrackerError

#: How often each race is run.
ROUNDS = int(os.environ.get("CHANGE_TRACKER_RACES", "8"))
#: So many seconds somebody has who may have to wait for us.
A_MOMENT = 0.5


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


class Another:
    """Another caller, with a connection of its own, who begins in the middle of what we do."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.results: list[object] = []
        self.thread = Thread(target=lambda: self.results.extend(at_once(call)))

    def begin(self, *_told: object) -> None:
        """Let it do what it can without us; once."""
        if self.thread.ident is None:
            self.thread.start()
            self.thread.join(A_MOMENT)

    def result(self, seconds: float = 30) -> object:
        """What it answered, or how it was refused, now that nothing of ours is in its way."""
        self.thread.join(seconds)
        (found,) = self.results
        return found


class Beside(Another):
    """The same, who begins just before `module.name` is called: they are done by the time that it
    is, or wait for what we hold.
    """

    def __init__(
        self, patch: pytest.MonkeyPatch, module: Any, name: str, call: Callable[[], object]
    ) -> None:
        super().__init__(call)
        real = getattr(module, name)

        def after(*given: Any, **named: Any) -> Any:
            self.begin()
            return real(*given, **named)

        patch.setattr(module, name, after)


def before_the_commit(first: Callable[[], object], then: Callable[[], object]) -> object:
    """What `then` answers, which begins when `first` is done and nobody can see that yet."""
    another = Another(then)
    with transaction.atomic():
        first()
        another.begin()
    return another.result()
