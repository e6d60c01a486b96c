"""What managers see of their team: open, late or done, and by when. Nothing else."""

from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from change_tracker.core.api.serializers import RowSerializer


class DiscreetSerializer(RowSerializer[Any]):
    """Leaves out all but `team_fields` of rows that the caller does not know in full.

    The queryset says which those are, by `with_discretion`.
    """

    team_fields: ClassVar[tuple[str, ...]] = ()

    @property
    def kept_from_some(self) -> AbstractSet[str]:
        """What the OpenAPI document promises to nobody."""
        return self.fields.keys() - set(self.team_fields)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The whole row, or what a manager reads."""
        data: dict[str, Any] = super().to_representation(instance)
        if instance.is_known_in_full:
            return data
        return {name: data[name] for name in self.team_fields}
