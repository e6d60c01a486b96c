"""Trees given as "who is above whom"; plain Python, so that one pass does fifty thousand."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")


def cycles(above: Mapping[K, K | None], starts: Iterable[K] | None = None) -> list[list[K]]:
    """Every loop among `above`, each once, in the order in which one meets its members.

    With `starts`, those that one comes to from one of them.
    """
    found: list[list[K]] = []
    walked_from: dict[K, K] = {}
    for start in above if starts is None else starts:
        trail: list[K] = []
        each: K | None = start
        while each is not None and each in above and each not in walked_from:
            walked_from[each] = start
            trail.append(each)
            each = above[each]
        if each is not None and walked_from.get(each) == start and each in trail:
            found.append(trail[trail.index(each) :])
    return found


def chain(above: Mapping[K, K | None], start: K) -> Iterator[K]:
    """Whoever stands above `start`, nearest first; ends where a loop would begin."""
    seen = {start}
    each = above.get(start)
    while each is not None and each not in seen:
        yield each
        seen.add(each)
        each = above.get(each)


def below(above: Mapping[K, K | None], starts: Iterable[K]) -> set[K]:
    """`starts` and whoever stands below one of them."""
    children: dict[K, list[K]] = {}
    for each, parent in above.items():
        if parent is not None:
            children.setdefault(parent, []).append(each)
    found = set(starts)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found
