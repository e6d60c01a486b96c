"""The admin of this slice."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from change_tracker.core.admin import MoveAdmin
from change_tracker.mitigation import services
from change_tracker.mitigation.kinds import OWN_FIELDS
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.states import ACTION


@admin.register(MitigationAction)
class MitigationActionAdmin(MoveAdmin):
    transitions = ACTION
    list_display = [
        "title",
        "initiative",
        "kind",
        "owner",
        "due_on",
        "position",
        "state",
    ]
    list_select_related = ["initiative", "owner"]
    list_filter = ["state", "kind", "due_on"]
    search_fields = ["title", "initiative__title"]
    autocomplete_fields = [
        "initiative",
        "strategy",
        "sources",
        "audiences",
        "owner",
        "units",
    ]
    fields = [
        "initiative",
        "title",
        "description",
        "strategy",
        "kind",
        "sources",
        "audiences",
        "owner",
        "due_on",
        "minutes",
        "position",
        "outcome",
        "state",
        "done_on",
        "carried_from",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What moves write; and an action stays in its initiative."""
        written = ["state", "done_on", "carried_from"]
        return [*written, "initiative"] if obj else written

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without the resistance it answers for those who do not read the register.

        What only its kind has is asked for once it is there and has a kind.
        """
        fields = [*self.fields, *(OWN_FIELDS.get(obj.kind, ()) if obj else ())]
        return [each for each in fields if each != "sources" or _shows_sources(request, obj)]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Plan work."""
        return services.plan_action(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what is planned."""
        return services.change_action(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete work that has not begun."""
        services.delete_action(row, **by)

    def move_with(self, row: Any, to: str, **by: Any) -> Any:
        """Move it on."""
        return services.move_action(row, to=to, **by)


def _shows_sources(request: HttpRequest, row: MitigationAction | None) -> bool:
    if row is None:
        return True
    rows = MitigationAction.objects.visible_to(request.user)
    return bool(rows.shown_to(request.user).filter(pk=row.pk, reads_register=True).exists())  # type: ignore[attr-defined]  # keeps its class
