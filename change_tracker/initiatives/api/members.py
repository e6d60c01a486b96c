"""Who carries an initiative: add and remove."""

from typing import Any

from django.db import models
from rest_framework import serializers

from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.views import BaseViewSet, CreateMixin, DeleteMixin, ReadMixin
from change_tracker.initiatives import services
from change_tracker.initiatives.api.fields import AnyoneHereField, PartSerializer
from change_tracker.initiatives.models import InitiativeMember


class InitiativeMemberSerializer(PartSerializer):
    person = AnyoneHereField()
    person_name = serializers.CharField(source="person.display_name", read_only=True)

    class Meta:
        model = InitiativeMember
        fields = ["id", "initiative", "person", "person_name", "role"]
        # A repeat is refused by the service, which says whose role it is.
        validators: list[Any] = []


class InitiativeMemberFilter(FilterSet):
    initiative = IdFilter()
    person = IdFilter()

    class Meta:
        model = InitiativeMember
        fields = ["role"]


class InitiativeMemberViewSet(ReadMixin, CreateMixin, DeleteMixin, BaseViewSet):
    """Roles of people in initiatives; one person may hold several."""

    model = InitiativeMember
    serializer_class = InitiativeMemberSerializer
    filterset_class = InitiativeMemberFilter

    def joined(self, rows: Any) -> Any:
        """With the names."""
        return rows.select_related("person")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Give a role."""
        return services.add_member(**self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Take a role away."""
        services.remove_member(row, **self.actor_and_time())
