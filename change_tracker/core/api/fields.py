"""Fields that respect the doorway."""

from typing import Any

from django.db import models
from rest_framework import serializers


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """A reference by id, to rows that the caller may choose; others do not exist for them."""

    def __init__(self, model: type[models.Model] | None = None, **options: Any) -> None:
        self.model = model
        if model is not None and not options.get("read_only"):
            options["queryset"] = model._default_manager.none()
        super().__init__(**options)

    def get_queryset(self) -> Any:
        """The rows to choose from, for this caller."""
        if self.model is None:
            return super().get_queryset()
        rows: Any = self.model._default_manager.all()
        return rows.choosable_by(self.context["request"].user)
