"""Files of activities."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.parsers import JSONParser
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, DeleteMixin, ReadViewSet
from change_tracker.core.files import sent_file
from change_tracker.training import services
from change_tracker.training.models import ActivityFile, LearningActivity


class ActivityFileSerializer(serializers.ModelSerializer[ActivityFile]):
    activity = VisibleField(LearningActivity)
    file = serializers.FileField(write_only=True)

    class Meta:
        model = ActivityFile
        fields = ["id", "activity", "file", "file_name", "size"]
        read_only_fields = ["file_name", "size"]


class ActivityFileFilter(FilterSet):
    activity = IdFilter()


class ActivityFileViewSet(CreateMixin, DeleteMixin, ReadViewSet):
    """Files of activities: whoever reads an activity reads them, whoever changes it adds some."""

    model = ActivityFile
    serializer_class = ActivityFileSerializer
    filterset_class = ActivityFileFilter
    parser_classes = [JSONParser, MultiPartParser]

    def perform_create(self, values: dict[str, Any]) -> ActivityFile:
        """Send it as a form (multipart)."""
        return services.attach_file(**values, **self.actor_and_time())

    def perform_delete(self, row: Any) -> None:
        """With its content."""
        services.remove_file(row, **self.actor_and_time())

    @documented(request=None, responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="file", url_name="content")
    def content(self, request: Request, pk: str | None = None) -> Any:
        """The file itself."""
        row = self.get_object()
        return sent_file(row.file, row.file_name)
