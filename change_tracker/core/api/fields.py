"""Fields that respect the doorway."""

from typing import Any

from django.db import models
from rest_framework import serializers

from change_tracker.core.ids import LARGEST_ID


# A comment, as a docstring would be the description of each of them in the OpenAPI document:
# a line of a list that is written as a whole says all of itself, by PATCH as well. Of what is
# nested in a partial change REST framework asks nothing, and leaves defaults out.
class WholeLineMixin:
    root: Any

    def to_internal_value(self, data: Any) -> Any:
        """The line with what it lacks asked for, whatever is asked for around it."""
        root = self.root
        is_partial, root.partial = root.partial, False
        try:
            return super().to_internal_value(data)  # type: ignore[misc]  # a mixin
        finally:
            root.partial = is_partial


class IdField(serializers.IntegerField):
    """The id of a row that need not be there: no larger than a column holds, on which some
    databases fail.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


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
