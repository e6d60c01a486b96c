"""Keys of rows as addresses and forms carry them."""

from collections.abc import Iterable

#: What is longer overflows the column.
MOST_DIGITS = 18


def is_key(value: str) -> bool:
    """Whether a row can have this key."""
    return value.isdecimal() and len(value) <= MOST_DIGITS


def key_in(value: str) -> int | None:
    """The key that `value` is; None for anything else."""
    return int(value) if is_key(value) else None


def keys_in(values: Iterable[str]) -> list[int]:
    """The keys among `values`."""
    return [int(value) for value in values if is_key(value)]
