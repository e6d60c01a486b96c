"""What managers see of their team: open, late or done, and by when. Nothing else."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef
from rest_framework import serializers


class DiscreetSerializer(serializers.ModelSerializer[Any]):
    """Leaves out all but `team_fields` of rows that the caller does not know in full.

    The queryset says which those are: see `with_discretion`.
    """

    team_fields: ClassVar[tuple[str, ...]] = ()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The whole row, or what a manager reads."""
        data: dict[str, Any] = super().to_representation(instance)
        if instance.known_in_full:
            return data
        return {name: data[name] for name in self.team_fields}


def with_discretion(rows: Any, user: Any) -> Any:
    """Annotate each row with whether `user` may read every field of it."""
    same = type(rows)(model=rows.model).filter(pk=OuterRef("pk"))
    return rows.annotate(known_in_full=Exists(same.known_in_full_to(user)))
