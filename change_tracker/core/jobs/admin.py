"""Jobs in the admin, read only."""

from django.contrib import admin

from change_tracker.core.admin import ReadOnlyAdmin
from change_tracker.core.jobs.models import JobRun


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["queued_at", "title", "kind", "owner", "state", "failure", "attempts"]
    list_select_related = ["owner"]
    list_filter = ["state", "kind", "queued_at"]
    search_fields = ["title"]
    exclude = ["task", "lease_token"]
