"""Rosters on their way into the sync: sent as text, looked at, applied by a worker."""

from typing import Any

from django.db import models
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import CreateMixin, ReadViewSet, body_of
from change_tracker.people.models import PeopleUpload
from change_tracker.people.services import uploads


class PeopleUploadSerializer(serializers.ModelSerializer[PeopleUpload]):
    text = serializers.CharField(write_only=True, trim_whitespace=False)

    class Meta:
        model = PeopleUpload
        fields = [
            "id",
            "name",
            "text",
            "is_full",
            "headings",
            "mapping",
            "uploaded_at",
            "preview",
            "digest",
            "job",
        ]
        read_only_fields = ["headings", "mapping", "uploaded_at", "preview", "digest", "job"]


class ColumnsSerializer(serializers.Serializer[Any]):
    mapping = serializers.DictField(child=serializers.CharField(), required=False)


class ApplySerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    allow = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)


class PeopleUploadViewSet(CreateMixin, ReadViewSet):
    """CSV rosters of the caller; kept until they are applied, a day at most."""

    model = PeopleUpload
    serializer_class = PeopleUploadSerializer
    filterset_fields = ["name"]

    def joined(self, rows: Any) -> Any:
        """Without the file itself."""
        return rows.defer("content")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Keep the text as a file; its columns are recognised by their names."""
        text = values.pop("text")
        return uploads.take_file(content=text.encode(), **values, **self.actor_and_time())

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
