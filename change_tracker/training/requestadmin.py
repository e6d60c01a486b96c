"""Requests for more time and hand-ins in the admin: to read, for HR and site admins."""

from django.contrib import admin

from change_tracker.core.admin import ReadOnlyAdmin
from change_tracker.training.models import ExtensionRequest, ExternalLearning, Submission


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


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["record", "handed_in_on", "state", "decided_on", "decided_by"]
    list_select_related = ["record__person", "record__activity", "decided_by"]
    list_filter = ["state", "handed_in_on", ("record__plan", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["record__person__display_name", "record__activity__title"]
    # Without the file: a link to the storage would lead past the doorway.
    fields = [
        "record",
        "handed_in_on",
        "handed_in_by",
        "file_name",
        "link",
        "note",
        "state",
        "decided_by",
        "decided_on",
        "answer",
    ]


@admin.register(ExternalLearning)
class ExternalLearningAdmin(ReadOnlyAdmin):
    list_display = ["person", "title", "kind", "learnt_on", "state", "decided_by"]
    list_select_related = ["person", "decided_by"]
    list_filter = ["state", "kind", "learnt_on"]
    search_fields = ["person__display_name", "title"]
    # Without the file, as above.
    fields = [
        "person",
        "title",
        "kind",
        "learnt_on",
        "minutes",
        "activity",
        "reported_on",
        "file_name",
        "link",
        "note",
        "state",
        "decided_by",
        "decided_on",
        "answer",
    ]
