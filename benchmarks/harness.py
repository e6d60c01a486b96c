"""Measuring: ours and the bare statement in turn, on the same rows, to the same effect."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import median
from textwrap import shorten
from time import perf_counter
from typing import Any, ClassVar, Literal

from django.db import connection, models, transaction

from benchmarks.figures import Figure
from benchmarks.memory import peak_of
from benchmarks.rows import analyze, clear, fingerprint, vacuum

Side = Literal["ours", "bare"]


class DifferentResultsError(Exception):
    """Ours and the bare statement did not do the same work, so their times say nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One timed call: its seconds, and everything by which it can be told from another."""

    seconds: float
    outcome: object


class Work(ABC):
    """One line of the table: a piece of our work, and the least that it could be."""

    name: ClassVar[str]
    against: ClassVar[str]
    target: ClassVar[float]
    #: calls in one round, of which the typical one counts; more where one is over too soon
    times: ClassVar[int] = 1
    #: what ours may need of memory, in megabytes; None where it is not asked
    most_megabytes: ClassVar[int | None] = None
    #: whether every call really commits what it writes; then `undo` takes it back
    commits: ClassVar[bool] = False
    #: the tables that it writes to
    writes: ClassVar[Sequence[type[models.Model]]] = ()

    @abstractmethod
    def load(self, size: int) -> None:
        """Fill the empty database for `size` records."""

    def leave(self) -> None:  # noqa: B027  a hook, not a duty
        """Hook: put away what `load` made outside of the database."""

    @abstractmethod
    def ours(self) -> Any:
        """The work as the product does it."""

    @abstractmethod
    def bare(self) -> Any:
        """The same effect with as little as possible."""

    def clock(self) -> float:
        """Hook: what is read before and after, in seconds: of the clock on the wall."""
        return perf_counter()

    def typical(self, times: Sequence[float]) -> float:
        """Hook: which of the seconds of one round counts."""
        return median(times)

    def arrange(self, side: Side) -> None:  # noqa: B027  a hook, not a duty
        """Hook: what one side finds already done; not timed, and taken back with the round."""

    def undo(self, side: Side) -> None:  # noqa: B027  a hook, not a duty
        """Hook: take back what one side has committed; not timed."""

    def plain(self, answer: Any) -> object:
        """Hook: an answer in a form that is equal for both sides; not timed."""
        return answer

    def written(self) -> Sequence[str]:
        """Hook: queries that find the same rows after either side."""
        return ()


def measure(work: Work, size: int, rounds: int) -> Figure:
    """The median of `rounds` alternating rounds, after one that only warms up.

    Every call is taken back, so that each finds the same database. Raises DifferentResultsError.
    """
    clear()
    try:
        with transaction.atomic():
            work.load(size)
        analyze()
        # Before anything else has made the process large.
        megabytes = _peak(work) if work.most_megabytes else None
        _round(work, 0)
        pairs = [_round(work, number) for number in range(rounds)]
    finally:
        work.leave()
    return Figure(
        work=work.name,
        against=work.against,
        size=size,
        rounds=rounds,
        ours=median(ours for ours, _bare in pairs),
        bare=median(bare for _ours, bare in pairs),
        ratio=median(ours / bare for ours, bare in pairs),
        target=work.target,
        megabytes=megabytes,
        most_megabytes=work.most_megabytes,
    )


def _peak(work: Work) -> float | None:
    """What ours needs of memory, once; taken back like every other call."""
    with transaction.atomic():
        work.arrange("ours")
        found = peak_of(work.ours)
        transaction.set_rollback(True)
    return found


def _round(work: Work, number: int) -> tuple[float, float]:
    """The seconds of ours and of the bare statement; each goes first every other time."""
    order: tuple[Side, Side] = ("ours", "bare") if number % 2 else ("bare", "ours")
    runs = {side: _run(work, side) for side in order}
    if runs["ours"].outcome != runs["bare"].outcome:
        ours, bare = (shorten(str(runs[side].outcome), 1_000) for side in ("ours", "bare"))
        raise DifferentResultsError(
            f"{work.name}: ours came to\n{ours}\nand {work.against} to\n{bare}"
        )
    return runs["ours"].seconds, runs["bare"].seconds


def _run(work: Work, side: Side) -> Run:
    vacuum(work.writes)
    with nullcontext() if work.commits else transaction.atomic():
        work.arrange(side)
        connection.check_constraints()
        call = work.ours if side == "ours" else work.bare
        gc.collect()
        times = []
        for _ in range(work.times):
            began = work.clock()
            answer = call()
            if work.writes:
                # References are checked at the commit, which never comes.
                connection.check_constraints()
            times.append(work.clock() - began)
        found = [fingerprint(query) for query in work.written()]
        if not work.commits:
            transaction.set_rollback(True)
    work.undo(side)
    return Run(work.typical(times), (work.plain(answer), found))
