"""The base of our admin classes, and the read-only audit trail."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from change_tracker.core.access import VisibleQuerySet
from change_tracker.core.models import AuditEvent

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Django's classes take no type arguments at run time.
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class DoorwayAdmin(ModelAdmin):
    """Lists what is visible to the user; Django's permissions still decide who comes in."""

    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Start from the doorway, like every edge."""
        rows: Any = super().get_queryset(request)
        if isinstance(rows, VisibleQuerySet):
            return rows.visible_to(request.user)
        return rows  # type: ignore[no-any-return]  # a model without a doorway of its own

    def actor_and_time(self, request: HttpRequest) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"actor": request.user, "now": timezone.now()}


class ReadOnlyAdmin(DoorwayAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds these by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes these by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these by hand."""
        return False


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
    list_select_related = False
