"""Playbooks in the admin: every change of a line is a new version."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from change_tracker.core.admin import ReadOnlyAdmin, ServiceInline
from change_tracker.playbooks.models import (
    Playbook,
    PlaybookAction,
    PlaybookItem,
    PlaybookUse,
)
from change_tracker.playbooks.own import COLUMNS
from change_tracker.playbooks.services import change_line, remove_line
from change_tracker.resistance.admin import EntryAdmin


class LineInline(ServiceInline):
    """Lines of a playbook: their words and days are changed here, and lines are taken out.

    New ones come with a pack, or when the playbook is saved again from its initiative.
    """

    joined: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what the form shows."""
        many = [each.name for each in self.model._meta.many_to_many]
        rows = super().get_queryset(request).select_related("playbook", *self.joined)
        return rows.prefetch_related(*many)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what a line answers is chosen where it comes from."""
        return False

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change a line."""
        return change_line(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take a line out."""
        remove_line(row, **by)


class ActionInline(LineInline):
    model = PlaybookAction
    joined = ("strategy",)
    fields = (
        *("slug", "label", "description", "strategy", "action_kind"),
        *("answers", "days", "minutes", *COLUMNS, "units"),
    )
    readonly_fields = ["slug", "strategy", "action_kind", "answers", "units"]


class ItemInline(LineInline):
    model = PlaybookItem
    joined = ("kind",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fields = (
        *("slug", "label", "kind", "topics", "body", "url", "minutes", "completion_rule"),
        *("is_required", "due_rule", "due_days", "due_unit"),
    )
    readonly_fields = ["slug", "kind", "topics"]


@admin.register(Playbook)
class PlaybookAdmin(EntryAdmin):
    inlines = [ActionInline, ItemInline]
    list_display = ["label", "slug", "pack", "version"]
    list_filter = ["pack"]
    exclude = ["provenance", "due_on"]


@admin.register(PlaybookUse)
class PlaybookUseAdmin(ReadOnlyAdmin):
    list_display = ["playbook", "initiative", "taken_version", "taken_on"]
    list_select_related = ["playbook", "initiative"]
    search_fields = ["playbook__label", "initiative__title"]
