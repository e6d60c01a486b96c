"""What people send in and others decide about: giving back, taking back, and its file."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.parsers import JSONParser
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet
from change_tracker.core.files import sent_file


class AcceptSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField(required=False, allow_blank=True, default="")


class ReturnSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField()


class HandedInViewSet(CreateMixin, ReadViewSet):
    """Rows with a file, a link or a word, of people who wait for somebody else."""

    parser_classes = [JSONParser, MultiPartParser]
    #: the method of the queryset that finds what the caller sent in themselves
    own: ClassVar[str]

    def returned(self, row: Any, **values: Any) -> Any:
        """Hook: what the service makes of giving it back."""
        raise NotImplementedError

    def taken_back(self, row: Any, **values: Any) -> Any:
        """Hook: what the service makes of taking it back."""
        raise NotImplementedError

    @documented(request=ReturnSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, pk: str | None = None) -> Response:
        """Give it back, with a note that says what is missing."""
        row = self.get_object()
        self.require(row)
        values = body_of(ReturnSerializer, request)
        return self.answer(self.returned(row, **values, **self.on_this_day()))

    @documented(request=None)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str | None = None) -> Response:
        """Take back what one sent in oneself, before somebody has decided."""
        row = self.get_object()
        self.require(row, self.own)
        return self.answer(self.taken_back(row, **self.actor_and_time()))

    @documented(request=None, responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str | None = None) -> Any:
        """The file that was sent; 404 where there is none."""
        row = self.get_object()
        return sent_file(row.file, row.file_name)

    def on_this_day(self) -> dict[str, Any]:
        """Who does it, when, and on which day that is."""
        return {"today": timezone.localdate(), **self.actor_and_time()}
