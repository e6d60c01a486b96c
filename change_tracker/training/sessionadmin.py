"""Sessions in the admin: to read, for HR and site admins."""

from django.contrib import admin

from change_tracker.core.admin import ReadOnlyAdmin
from change_tracker.training.models import Attendance, Session


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["activity", "starts_at", "place", "led_by", "initiative", "cancelled_on"]
    list_select_related = ["activity", "initiative"]
    list_filter = ["starts_at", ("initiative", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["activity__title", "place", "led_by"]
    fields = [
        "initiative",
        "activity",
        "starts_at",
        "ends_at",
        "timezone",
        "place",
        "url",
        "led_by",
        "cancelled_on",
    ]


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ["person", "session", "attended", "recorded_by", "recorded_at"]
    list_select_related = ["person", "session__activity", "recorded_by"]
    list_filter = ["attended", "recorded_at"]
    search_fields = ["person__display_name", "person__external_id", "session__activity__title"]
    fields = ["session", "person", "attended", "recorded_by", "recorded_at"]
