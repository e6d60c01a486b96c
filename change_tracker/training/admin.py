"""The admin of this slice: plans are written through services, what people did is read only."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import (
    MoveAdmin,
    ReadOnlyAdmin,
    ServiceAdmin,
    ServiceInline,
    TabularInline,
)
from change_tracker.training import services
from change_tracker.training.assignadmin import AssignAction
from change_tracker.training.models import (
    ActivityKind,
    Enrolment,
    EnrolmentPeriod,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.states import PLAN

DUE = ("due_rule", "due_on", "due_days", "due_unit")
DUE_KEPT = ("opens_on", "due_on", "due_rule", "due_days", "due_unit", "due_moved")


@admin.register(ActivityKind)
class ActivityKindAdmin(ServiceAdmin):
    list_display = ["label", "basis", "slug", "pack"]
    list_select_related = ["pack"]
    list_filter = ["basis"]
    search_fields = ["label", "slug"]
    fields = ["slug", "label", "basis", "provenance", "pack"]
    readonly_fields = ["provenance", "pack"]


@admin.register(LearningActivity)
class LearningActivityAdmin(ServiceAdmin):
    list_display = ["title", "kind", "initiative", "minutes"]
    list_select_related = ["kind", "initiative"]
    list_filter = [("kind", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "initiative__title"]
    autocomplete_fields = ["initiative", "kind", "topics"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fields = [
        "title",
        "initiative",
        "kind",
        "topics",
        "body",
        "url",
        "minutes",
        "completion_rule",
        "pass_score",
        "valid_months",
        "activity_version",
        "files_and_versions",
    ]
    readonly_fields = ["activity_version", "files_and_versions"]

    @admin.display(description=_("files and new versions"))
    def files_and_versions(self, activity: LearningActivity) -> str:
        """Where they are made: a new version says first whom it asks again."""
        items = activity.plan_items.filter(removed_on=None).select_related("plan__initiative")
        item = items.order_by("pk").first() if activity.pk else None
        if item is None:
            return str(_("On the page of a plan that has it; none has yet."))
        place = [item.plan.initiative.slug, item.plan_id, item.pk]
        pages = (("activity-files", _("Files")), ("activity-version", _("New version")))
        links = ((reverse(f"change_tracker:{name}", args=place), words) for name, words in pages)
        return format_html_join(", ", '<a href="{}">{}</a>', links)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what it holds; it stays in its initiative."""
        return services.change_activity(row, **changes, **by)


class PlanPartInline(ServiceInline):
    """Added here, changed on a page of their own, which the list of choices makes slow here."""

    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Existing rows are shown."""
        return False


class PlanItemInline(PlanPartInline):
    model = PlanItem
    fields = ("position", "activity", "is_required", *DUE)
    autocomplete_fields = ["activity"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the titles."""
        rows = super().get_queryset(request).filter(removed_on=None)
        return rows.select_related("activity")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While the plan is a draft."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While the plan is a draft."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Add an activity."""
        return services.add_item(plan=parent, **values, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take an activity out."""
        services.delete_item(row, **by)


class PlanAudienceInline(PlanPartInline):
    model = PlanAudience
    fields = ("audience", *DUE, "on_leave", "first_assigned_on")
    readonly_fields = ["first_assigned_on"]
    autocomplete_fields = ["audience"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the names, and with what a row is called."""
        return super().get_queryset(request).select_related("audience", "plan")

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Add a group."""
        return services.add_rule(plan=parent, **values, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take a group out that was not assigned yet."""
        services.delete_rule(row, **by)


@admin.register(TrainingPlan)
class TrainingPlanAdmin(AssignAction, MoveAdmin):
    transitions = PLAN
    inlines = [PlanItemInline, PlanAudienceInline]
    actions = ["assign_now"]
    list_display = ["title", "initiative", "state"]
    list_select_related = ["initiative"]
    list_filter = ["state", ("initiative", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "initiative__title"]
    autocomplete_fields = ["initiative", "sources", "action"]
    fields = ["title", "initiative", "sources", "action", "is_sequential", "state"]
    readonly_fields = ["state"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Begin a draft."""
        return services.create_plan(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what it is about."""
        return services.change_plan(row, **changes, **by)

    def move_with(self, row: Any, to: str, **by: Any) -> Any:
        """Publish or archive it."""
        return services.move_plan(row, to=to, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete a draft."""
        services.delete_plan(row, **by)


@admin.register(PlanItem)
class PlanItemAdmin(ServiceAdmin):
    list_display = ["activity", "plan", "position", "is_required", *DUE, "removed_on"]
    list_select_related = ["activity", "plan"]
    list_filter = ["is_required", "due_rule"]
    search_fields = ["activity__title", "plan__title"]
    autocomplete_fields = ["plan", "activity"]
    fields = ["plan", "activity", "position", "is_required", *DUE, "removed_on"]
    readonly_fields = ["removed_on"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add an activity to a draft."""
        return services.add_item(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change an activity of a draft."""
        return services.change_item(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take an activity out of a draft."""
        services.delete_item(row, **by)


@admin.register(PlanAudience)
class PlanAudienceAdmin(ServiceAdmin):
    list_display = ["audience", "plan", *DUE, "on_leave", "first_assigned_on"]
    list_select_related = ["audience", "plan"]
    list_filter = ["due_rule", "first_assigned_on"]
    search_fields = ["audience__name", "plan__title"]
    autocomplete_fields = ["plan", "audience"]
    fields = ["plan", "audience", *DUE, "on_leave", "first_assigned_on"]
    readonly_fields = ["first_assigned_on"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Plan for one more group."""
        return services.add_rule(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change the date; the next run carries it out."""
        return services.change_rule(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take a group out that was not assigned yet."""
        services.delete_rule(row, **by)


class ReadOnlyInline(TabularInline):
    """Rows that only services write."""

    extra = 0
    can_delete = False
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds these by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes these by hand."""
        return False


class PeriodInline(ReadOnlyInline):
    model = EnrolmentPeriod
    fields = readonly_fields = ("unit", "from_on", "to_on")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the names."""
        return super().get_queryset(request).select_related("unit")


class RecordInline(ReadOnlyInline):
    model = TrainingRecord
    fields = readonly_fields = ("activity", "due_on", "state", "completed_on", "left_on")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the titles, and with what a row is called."""
        return super().get_queryset(request).select_related("activity", "person")


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    inlines = [PeriodInline, RecordInline]
    list_display = ["person", "plan", "assigned_on", "state"]
    list_select_related = ["person", "plan"]
    list_filter = ["state", "assigned_on", ("plan", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["person__display_name", "person__external_id", "plan__title"]
    fields = ["person", "plan", "cycle", "assigned_on", "state"]


@admin.register(TrainingRecord)
class TrainingRecordAdmin(ReadOnlyAdmin):
    list_display = ["person", "activity", "plan", "due_on", "state", "completed_on"]
    list_select_related = ["person", "activity", "plan"]
    list_filter = ["state", "due_on", "origin", ("plan", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["person__display_name", "person__external_id", "activity__title"]
    fields = [
        "person",
        "activity",
        "plan",
        "unit",
        *DUE_KEPT,
        "is_extended",
        "state",
        "completed_on",
        "completed_at",
        "completed_by",
        "left_on",
        "left_by",
        "left_reason",
        "score",
        "origin",
        "attempt",
    ]


def _is_draft(plan: Any) -> bool:
    return plan is None or plan.state == TrainingPlan.State.DRAFT
