"""The admin of this slice: saving goes through the services, so that all rules hold here too."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import LastingAdmin, ReadOnlyAdmin, ServiceAdmin
from change_tracker.people.models import (
    Absence,
    AudienceMember,
    Holiday,
    OrgUnit,
    PeopleSync,
    Person,
)
from change_tracker.people.services.absences import change_absence, create_absence
from change_tracker.people.services.persons import change_person, create_person
from change_tracker.people.services.units import change_unit, create_unit


@admin.register(Holiday)
class HolidayAdmin(ServiceAdmin):
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fields = ["day", "name"]


@admin.register(OrgUnit)
class OrgUnitAdmin(LastingAdmin):
    list_display = ["name", "parent", "external_id"]
    list_select_related = ["parent"]
    search_fields = ["name", "external_id"]
    autocomplete_fields = ["parent"]
    fields = ["name", "external_id", "parent"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add a unit at its place in the tree."""
        return create_unit(**by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Rename or move a unit."""
        return change_unit(row, today=timezone.localdate(), **by, **changes)


class AddressFilter(admin.SimpleListFilter):
    """Whom mail does not reach by their own address."""

    title = _("e-mail")
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Without one, and with one that others have."""
        return [("none", _("no address")), ("shared", _("an address that others have as well"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Of people who work here."""
        today = timezone.localdate()
        if self.value() == "none":
            return queryset.active(today).filter(email="")
        return queryset.sharing_an_address(today) if self.value() == "shared" else queryset


@admin.register(Person)
class PersonAdmin(LastingAdmin):
    list_display = ["display_name", "job_title", "unit", "manager", "starts_on", "ends_on"]
    list_select_related = ["unit", "manager"]
    list_filter = [AddressFilter, "starts_on", "ends_on", "language"]
    search_fields = ["display_name", "external_id", "email", "job_title"]
    autocomplete_fields = ["unit", "manager"]
    raw_id_fields = ["user"]
    fields = [
        "display_name",
        "external_id",
        "email",
        "job_title",
        "location",
        "unit",
        "manager",
        "user",
        "timezone",
        "language",
        "starts_on",
        "ends_on",
    ]

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """Logins as well, where the host's admin can search them."""
        users = self.admin_site._registry.get(get_user_model())
        searchable = users is not None and bool(users.search_fields)
        return [*self.autocomplete_fields, *(["user"] if searchable else [])]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add somebody."""
        return create_person(today=timezone.localdate(), **by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change somebody."""
        return change_person(row, today=timezone.localdate(), **by, **changes)


@admin.register(Absence)
class AbsenceAdmin(ServiceAdmin):
    list_display = ["person", "from_on", "to_on", "source"]
    list_select_related = ["person"]
    list_filter = ["source", "from_on", "to_on"]
    search_fields = ["person__display_name", "person__external_id"]
    autocomplete_fields = ["person"]
    fields = ["person", "from_on", "to_on"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Note days away."""
        return create_absence(**by, **values)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change days away."""
        return change_absence(row, **by, **changes)


@admin.register(AudienceMember)
class AudienceMemberAdmin(ReadOnlyAdmin):
    list_display = ["person", "audience", "joined_on", "left_on"]
    list_select_related = ["person", "audience"]
    list_filter = ["is_open", "joined_on"]
    search_fields = ["person__display_name", "audience__name"]


@admin.register(PeopleSync)
class PeopleSyncAdmin(ReadOnlyAdmin):
    list_display = ["ran_at", "source", "state", "actor_user", "counts"]
    list_select_related = ["actor_user"]
    list_filter = ["state", "ran_at"]
    search_fields = ["source"]
