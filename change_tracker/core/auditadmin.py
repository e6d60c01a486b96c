"""The audit trail in the admin: to be read."""

from django.contrib import admin

from change_tracker.core.admin import ReadOnlyAdmin
from change_tracker.core.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = [
        "at",
        "actor_label",
        "verb",
        "object_type",
        "object_id",
        "from_state",
        "to_state",
    ]
    list_filter = ["verb", "object_type", "at"]
    search_fields = ["object_id", "scope", "actor_label"]
