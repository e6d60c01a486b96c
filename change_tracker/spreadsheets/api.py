"""Spreadsheets on their way into a register: sent as a file, looked at, applied by a worker."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.parsers import JSONParser
from change_tracker.core.api.routes import Route
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet
from change_tracker.core.conf import get_conf
from change_tracker.core.tables import check_size
from change_tracker.initiatives.models import Initiative
from change_tracker.spreadsheets.models import RegisterUpload
from change_tracker.spreadsheets.services import uploads
from change_tracker.spreadsheets.sheets import BY_KEY


class RegisterUploadSerializer(serializers.ModelSerializer[RegisterUpload]):
    """A workbook, or one of its sheets as CSV. `preview` is what it would do, once it was looked
    at: counts and names for each sheet, and `problems` with row, field and reason.
    """

    initiative = VisibleField(Initiative)
    file = serializers.FileField(write_only=True)

    class Meta:
        model = RegisterUpload
        fields = [
            *("id", "initiative", "name", "file", "headings", "mapping", "uploaded_at"),
            *("preview", "digest", "job"),
        ]
        read_only_fields = [
            *("name", "headings", "mapping", "uploaded_at", "preview", "digest", "job")
        ]


class RegisterSheetSerializer(serializers.Serializer[Any]):
    """Which of our sheets one of the file is ("": none), and its columns, ours: theirs."""

    kind = serializers.ChoiceField(choices=["", *BY_KEY])
    columns = serializers.DictField(child=serializers.CharField(), required=False, default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Columns that there are."""
        known = BY_KEY[attrs["kind"]].names if attrs["kind"] else ()
        unknown = sorted(attrs["columns"].keys() - set(known))
        if unknown:
            text = _("There are no such columns: %(names)s.") % {"names": ", ".join(unknown)}
            raise serializers.ValidationError({"columns": text})
        return attrs


class RegisterLayoutSerializer(serializers.Serializer[Any]):
    """By the name of a sheet of the file (a CSV file has one without a name), what it is."""

    mapping = serializers.DictField(child=RegisterSheetSerializer(), required=False)


class RegisterApplySerializer(serializers.Serializer[Any]):
    """What was looked at."""

    digest = serializers.CharField()


class RegisterUploadFilter(FilterSet):
    initiative = IdFilter()


class RegisterUploadViewSet(CreateMixin, ReadViewSet):
    """Spreadsheets that the caller sent into initiatives that they lead; kept until they are
    applied, a day at most.
    """

    model = RegisterUpload
    serializer_class = RegisterUploadSerializer
    filterset_class = RegisterUploadFilter
    parser_classes = [JSONParser, MultiPartParser]

    def joined(self, rows: Any) -> Any:
        """Without the file itself."""
        return rows.select_related("initiative").defer("content")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Send it as a form (multipart); its sheets and columns are recognised by their names."""
        file = values["file"]
        check_size(file.size, get_conf())
        return uploads.take_file(
            values["initiative"], name=file.name, content=file.read(), **self.actor_and_time()
        )

    @documented(request=RegisterLayoutSerializer, responses={200: RegisterUploadSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str | None = None) -> Response:
        """Find out what it would do; a long file is looked at by the job in the answer.

        `mapping` names sheets and columns; without one those that were recognised count.
        """
        upload = self.get_object()
        layout = body_of(RegisterLayoutSerializer, request).get("mapping", upload.mapping)
        uploads.look(uploads.name_columns(upload, layout), **self.actor_and_time())
        return self.answer(upload)

    @documented(request=RegisterApplySerializer, responses={202: RegisterUploadSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str | None = None) -> Response:
        """Have a worker apply what was looked at: the job in the answer.

        `digest` is that of the check.
        """
        upload = self.get_object()
        expected = body_of(RegisterApplySerializer, request)["digest"]
        uploads.apply_later(upload, expected=expected, **self.actor_and_time())
        return self.answer(upload, status.HTTP_202_ACCEPTED)


ROUTES: list[Route] = [("register-uploads", RegisterUploadViewSet, "register-upload")]
