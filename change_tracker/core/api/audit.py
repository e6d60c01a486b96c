"""The audit trail, read only."""

from rest_framework import serializers

from change_tracker.core.api.routes import Route
from change_tracker.core.api.views import ReadViewSet
from change_tracker.core.models import AuditEvent


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "at",
            "actor_label",
            "verb",
            "object_type",
            "object_id",
            "scope",
            "from_state",
            "to_state",
            "reason",
            "changes",
        ]


class AuditEventViewSet(ReadViewSet):
    """Who changed what, when and why; newest first."""

    model = AuditEvent
    serializer_class = AuditEventSerializer
    filterset_fields = ["scope", "object_type", "object_id", "verb"]


ROUTES: list[Route] = [("audit", AuditEventViewSet, "audit")]
