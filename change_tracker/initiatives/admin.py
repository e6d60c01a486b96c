"""The admin of this slice."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from change_tracker.core.admin import MoveAdmin, ServiceAdmin, ServiceInline
from change_tracker.initiatives import services
from change_tracker.initiatives.models import (
    AffectedGroup,
    FreezePeriod,
    Initiative,
    InitiativeMember,
    Measurement,
    Milestone,
    Objective,
)
from change_tracker.initiatives.states import INITIATIVE


class UnchangedInline(ServiceInline):
    """Rows that are added and removed here; existing ones cost no query for their choices."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Existing rows are shown."""
        return False


class MemberInline(UnchangedInline):
    model = InitiativeMember
    fields = ("person", "role")
    autocomplete_fields = ["person"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("person")

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Give a role."""
        return services.add_member(initiative=parent, **values, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take a role away."""
        services.remove_member(row, **by)


class PartInline(ServiceInline):
    """Parts, deleted only while the initiative is a draft."""

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change the part."""
        return services.change_part(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete the part."""
        services.delete_part(row, **by)


class ObjectiveInline(PartInline):
    model = Objective

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Add a success criterion."""
        return services.add_objective(initiative=parent, **values, **by)


class AffectedGroupInline(UnchangedInline, PartInline):
    """Added here, changed on a page of their own."""

    model = AffectedGroup
    fields = ("audience", "impact", "message", "influence", "support")
    autocomplete_fields = ["audience"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("audience")

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Say how the initiative touches an audience."""
        return services.add_affected_group(initiative=parent, **values, **by)


@admin.register(Initiative)
class InitiativeAdmin(MoveAdmin):
    transitions = INITIATIVE
    inlines = [MemberInline, ObjectiveInline, AffectedGroupInline]
    list_display = ["title", "state", "go_live_on"]
    list_filter = ["state", "go_live_on"]
    search_fields = ["title", "slug"]
    date_hierarchy = "go_live_on"
    fields = [
        "title",
        "slug",
        "state",
        "purpose",
        "future_state",
        "stays_the_same",
        "go_live_on",
        "closing_note",
    ]
    readonly_fields = ["slug", "state"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Open a draft, led by the person behind the login."""
        return services.create_initiative(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what it says about itself."""
        return services.change_initiative(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete a draft."""
        services.delete_initiative(row, **by)

    def move_with(self, row: Any, to: str, **by: Any) -> Any:
        """Move it."""
        return services.move_initiative(row, to=to, **by)


@admin.register(AffectedGroup)
class AffectedGroupAdmin(ServiceAdmin):
    list_display = ["audience", "initiative", "impact", "influence", "support"]
    list_select_related = ["audience", "initiative"]
    list_filter = ["impact"]
    search_fields = ["audience__name", "initiative__title"]
    autocomplete_fields = ["initiative", "audience"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A group stays in its initiative."""
        return ["initiative"] if obj else []

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Say how the initiative touches an audience."""
        return services.add_affected_group(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what it says."""
        return services.change_part(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete it from a draft."""
        services.delete_part(row, **by)


@admin.register(FreezePeriod)
class FreezePeriodAdmin(ServiceAdmin):
    list_display = ["unit", "from_on", "to_on", "reason"]
    list_select_related = ["unit"]
    search_fields = ["unit__name", "reason"]
    date_hierarchy = "from_on"
    autocomplete_fields = ["unit"]
    fields = ["unit", "from_on", "to_on", "reason"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Keep days free."""
        return services.create_freeze(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Move or rename them."""
        return services.change_freeze(row, **changes, **by)


@admin.register(Milestone)
class MilestoneAdmin(ServiceAdmin):
    list_display = ["title", "initiative", "due_on", "reached_on"]
    list_select_related = ["initiative"]
    list_filter = ["reached_on"]
    search_fields = ["title", "initiative__title"]
    date_hierarchy = "due_on"
    autocomplete_fields = ["initiative"]
    fields = ["initiative", "title", "due_on", "reached_on", "words"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A milestone stays in its initiative."""
        return ["initiative"] if obj else []

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Set a date on the way."""
        return services.add_milestone(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Move it, or say that it is reached."""
        return services.change_milestone(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete it, unless it was reached."""
        services.delete_milestone(row, **by)


@admin.register(Measurement)
class MeasurementAdmin(ServiceAdmin):
    list_display = ["objective", "measured_on", "value", "note"]
    list_select_related = ["objective"]
    search_fields = ["objective__title", "objective__initiative__title", "note"]
    date_hierarchy = "measured_on"
    autocomplete_fields = ["objective"]
    fields = ["objective", "measured_on", "value", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A reading stays with its objective."""
        return ["objective"] if obj else []

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Record a reading."""
        return services.record_reading(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Correct it."""
        return services.change_reading(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take it back."""
        services.delete_reading(row, **by)


@admin.register(Objective)
class ObjectiveAdmin(ServiceAdmin):
    """Found by the readings; added on the page of its initiative as well."""

    list_display = ["title", "initiative", "baseline", "target", "unit", "due_on"]
    list_select_related = ["initiative"]
    search_fields = ["title", "initiative__title"]
    date_hierarchy = "due_on"
    autocomplete_fields = ["initiative"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """An objective stays in its initiative."""
        return ["initiative"] if obj else []

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add a success criterion."""
        return services.add_objective(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what it says."""
        return services.change_part(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete it from a draft."""
        services.delete_part(row, **by)
