"""What managers see of their team: open, late or done, and by when. Nothing else."""

from typing import Any, ClassVar

from change_tracker.core.api.serializers import RowSerializer


class DiscreetSerializer(RowSerializer[Any]):
    """Leaves out all but `team_fields` of rows that the caller does not know in full.

    The queryset says which those are, by `with_discretion`.
    """

    team_fields: ClassVar[tuple[str, ...]] = ()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The whole row, or what a manager reads."""
        data: dict[str, Any] = super().to_representation(instance)
        if instance.is_known_in_full:
            return data
        return {name: data[name] for name in self.team_fields}
