"""People: in full for themselves, their managers and HR; by name for those they work with."""

from typing import Any

from django.db import models
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import ContainsFilter, FilterSet, IdFilter
from change_tracker.core.api.views import ResourceViewSet
from change_tracker.people.api.brief import BriefMixin
from change_tracker.people.models import OrgUnit, Person
from change_tracker.people.services.persons import change_person, create_person

#: Filters that tell no more than the brief form does.
OPEN_FILTERS = frozenset({"name"})


class PersonSerializer(BriefMixin, serializers.ModelSerializer[Person]):
    """Callers who only work with the person get `id` and `display_name`, and no other key."""

    brief = ("id", "display_name")

    unit = VisibleField(OrgUnit, allow_null=True, required=False)
    manager = VisibleField(Person, allow_null=True, required=False)
    has_login = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = [
            "id",
            "external_id",
            "display_name",
            "email",
            "job_title",
            "location",
            "unit",
            "manager",
            "timezone",
            "language",
            "starts_on",
            "ends_on",
            "has_login",
            "version",
        ]
        read_only_fields = ["version"]

    def get_has_login(self, person: Person) -> bool:
        """Whether the person can sign in here."""
        return person.user_id is not None


class PersonFilter(FilterSet):
    """A filter on a field that the caller may not read finds nobody: it would give it away."""

    name = ContainsFilter(field_name="display_name")
    unit = IdFilter()
    manager = IdFilter()
    active_on = filters.DateFilter(method="filter_active")
    request: Any
    queryset: Any
    form: Any

    class Meta:
        model = Person
        fields = ["external_id", "email", "job_title", "location"]

    def filter_active(self, rows: Any, name: str, day: Any) -> Any:
        """Who works here on that day."""
        return rows.active(day)

    def filter_queryset(self, queryset: Any) -> Any:
        """Apply what is asked for."""
        asked = {name for name, value in self.form.cleaned_data.items() if value not in {None, ""}}
        if asked - OPEN_FILTERS:
            queryset = queryset.known_in_full_to(self.request.user)
        return super().filter_queryset(queryset)  # type: ignore[misc]  # django-filter has no types


class PersonViewSet(ExportMixin, ResourceViewSet):
    """The people who work here, worked here or will."""

    model = Person
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    def joined(self, rows: Any) -> Any:
        """Whether the caller may read every field, asked once for all rows."""
        return rows.with_discretion(self.user)

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Add somebody; reporting lines and audiences follow."""
        return create_person(today=timezone.localdate(), **self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change somebody; lines, audiences and what hangs on leaving or moving follow."""
        return change_person(
            row,
            today=timezone.localdate(),
            expected_version=self.expected_version(),
            **self.actor_and_time(),
            **values,
        )
