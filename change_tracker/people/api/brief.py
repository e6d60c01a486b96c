"""Rows of which some callers read everything and others only what they are called."""

from collections.abc import Set as AbstractSet
from typing import Any, ClassVar


class BriefMixin:
    """Leaves only the keys in `brief` of rows that the caller does not know in full."""

    brief: ClassVar[tuple[str, ...]]

    fields: Any

    @property
    def kept_from_some(self) -> AbstractSet[str]:
        """What the OpenAPI document promises to nobody."""
        return frozenset(self.fields) - set(self.brief)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row, as far as `is_known_in_full` says; a row without it is brief."""
        row: dict[str, Any] = super().to_representation(instance)  # type: ignore[misc]  # a mixin
        if getattr(instance, "is_known_in_full", False):
            return row
        return {name: row[name] for name in self.brief}
