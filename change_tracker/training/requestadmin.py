"""Requests for more time in the admin: to read, for HR and site admins."""

from django.contrib import admin

from change_tracker.core.admin import ReadOnlyAdmin
from change_tracker.training.models import ExtensionRequest


@admin.register(ExtensionRequest)
class ExtensionRequestAdmin(ReadOnlyAdmin):
    list_display = ["record", "asked_on", "wanted_on", "state", "due_on", "decided_by"]
    list_select_related = ["record__person", "record__activity", "decided_by"]
    list_filter = ["state", "asked_on", ("record__plan", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["record__person__display_name", "record__activity__title"]
    fields = [
        "record",
        "asked_on",
        "wanted_on",
        "reason",
        "state",
        "decided_by",
        "decided_on",
        "due_on",
        "answer",
    ]
