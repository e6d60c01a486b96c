"""What initiatives learnt, as evidence for the strategies of the catalogue."""

from typing import Any

from django.db import models

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives.api.fields import PartSerializer
from change_tracker.resistance.models import Lesson, StrategyType
from change_tracker.resistance.services.lessons import add_lesson, change_lesson, delete_lesson


class LessonSerializer(PartSerializer):
    strategy = VisibleField(StrategyType, required=False, allow_null=True)

    class Meta:
        model = Lesson
        fields = ["id", "initiative", "strategy", "eased", "words", "version"]
        read_only_fields = ["version"]


class LessonFilter(FilterSet):
    initiative = IdFilter()
    strategy = IdFilter()

    class Meta:
        model = Lesson
        fields = ["eased"]


class LessonViewSet(DeletableResourceViewSet):
    """What eased resistance and what did not; read by whoever reads the catalogue."""

    model = Lesson
    serializer_class = LessonSerializer
    filterset_class = LessonFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Write one down."""
        return add_lesson(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Say it otherwise."""
        version = self.expected_version()
        return change_lesson(row, expected_version=version, **self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Take it back."""
        delete_lesson(row, **self.actor_and_time())
