"""Named points at which a slice further right adds an effect, without being imported.

Points are filled once, from `AppConfig.ready()`, through each slice's `hooks.py`.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Point(Generic[T]):
    """An ordered list of registered functions under a public name."""

    all: dict[str, "Point[object]"] = {}

    def __init__(self, name: str, about: str) -> None:
        self.name, self.about = name, about
        self._entries: list[T] = []
        Point.all[name] = self  # type: ignore[assignment]  # a registry of every T

    def register(self, entry: T) -> T:
        """Add `entry`; registering the same one again has no effect. Works as a decorator."""
        if entry not in self._entries:
            self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._entries))


def named(entry: Callable[..., object]) -> str:
    """How the generated page of the docs calls a registered function."""
    return f"{entry.__module__}.{entry.__qualname__}"
