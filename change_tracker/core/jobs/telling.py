"""How long work says how far it is."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

T = TypeVar("T")

#: Steps done, of how many. Cheap; call it as often as you like.
Tell = Callable[[int, int], None]


def keep_quiet(done: int, total: int) -> None:
    """For work that nobody watches."""


def within(tell: Tell, first: int, last: int) -> Tell:
    """For a part of the work, from `first` to `last` percent of it: its steps are told as these."""

    def of_the_part(done: int, total: int) -> None:
        tell(first + (last - first) * done // max(total, 1), 100)

    return of_the_part


def one_by_one(rows: Collection[T], tell: Tell) -> Iterator[T]:
    """`rows`, saying of each how many came before it."""
    for number, row in enumerate(rows):
        tell(number, len(rows))
        yield row
