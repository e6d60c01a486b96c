"""Rosters on their way into the sync: sent as text or as a file, or asked of the people source;
looked at, applied by a worker.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.parsers import JSONParser
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet
from change_tracker.people.models import PeopleUpload
from change_tracker.people.services import uploads


class PeopleUploadSerializer(serializers.ModelSerializer[PeopleUpload]):
    name = serializers.CharField(max_length=200, required=False)
    text = serializers.CharField(write_only=True, required=False, trim_whitespace=False)
    file = serializers.FileField(write_only=True, required=False)

    class Meta:
        model = PeopleUpload
        fields = [
            "id",
            "name",
            "text",
            "file",
            "is_full",
            "from_source",
            "headings",
            "mapping",
            "uploaded_at",
            "preview",
            "digest",
            "job",
        ]
        read_only_fields = ["headings", "mapping", "uploaded_at", "preview", "digest", "job"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of text, a file, and the people source, which has a name of its own."""
        ways = [bool(attrs.get(way)) for way in ("text", "file", "from_source")]
        if sum(ways) != 1:
            raise serializers.ValidationError(
                _("Send “text”, a “file” (CSV or XLSX), or “from_source”: one of them.")
            )
        if attrs.get("text") and not attrs.get("name"):
            raise serializers.ValidationError({"name": [_("A text needs a name.")]})
        return attrs


class ColumnsSerializer(serializers.Serializer[Any]):
    mapping = serializers.DictField(child=serializers.CharField(), required=False)


class ApplySerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    allow = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)


class PeopleUploadViewSet(CreateMixin, ReadViewSet):
    """Rosters of the caller; kept until they are applied, a day at most."""

    model = PeopleUpload
    serializer_class = PeopleUploadSerializer
    filterset_fields = ["name"]
    parser_classes = [JSONParser, MultiPartParser]

    def joined(self, rows: Any) -> Any:
        """Without the file itself."""
        return rows.defer("content")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Keep a text or a file (multipart; CSV or XLSX), its columns recognised by their names.

        With `from_source` the people source of the intranet is asked, also when a run of it was
        stopped because unusually many people would leave or move.
        """
        if values.get("from_source"):
            return uploads.ask_source(**self.actor_and_time())
        file, text = values.get("file"), values.get("text", "")
        return uploads.take_file(
            name=values.get("name") or (file.name if file else ""),
            content=file.read() if file else text.encode(),
            is_full=values.get("is_full", False),
            **self.actor_and_time(),
        )

    @documented(request=ColumnsSerializer, responses={200: PeopleUploadSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str | None = None) -> Response:
        """Find out what it would do; a long file is looked at by the job in the answer.

        `mapping` names columns (ours: theirs); without one those that were recognised count.
        """
        upload = self.get_object()
        mapping = body_of(ColumnsSerializer, request).get("mapping", upload.mapping)
        uploads.look(uploads.name_columns(upload, mapping), **self.actor_and_time())
        return self.answer(upload)

    @documented(request=ApplySerializer, responses={202: PeopleUploadSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str | None = None) -> Response:
        """Have a worker apply what was looked at: the job in the answer.

        `digest` is that of the check; `allow` lets so many people leave or move.
        """
        upload = self.get_object()
        values = body_of(ApplySerializer, request)
        uploads.apply_later(
            upload, expected=values["digest"], allow=values["allow"], **self.actor_and_time()
        )
        return self.answer(upload, status.HTTP_202_ACCEPTED)
