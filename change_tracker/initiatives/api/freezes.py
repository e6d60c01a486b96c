"""Freeze periods: read by everybody who works here, kept by HR and site admins."""

from typing import Any

from django.db import models
from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives import services
from change_tracker.initiatives.models import FreezePeriod
from change_tracker.people.models import OrgUnit


class FreezePeriodSerializer(serializers.ModelSerializer[FreezePeriod]):
    unit = VisibleField(OrgUnit)
    unit_name = serializers.CharField(source="unit.name", read_only=True)

    class Meta:
        model = FreezePeriod
        fields = ["id", "unit", "unit_name", "from_on", "to_on", "reason", "version"]
        read_only_fields = ["version"]


class FreezePeriodFilter(FilterSet):
    """`from` and `to`: those that reach into these days."""

    unit = IdFilter()
    ends_from = day_from("to_on")
    begins_to = day_to("from_on")

    class Meta:
        model = FreezePeriod
        fields: list[str] = []


class FreezePeriodViewSet(DeletableResourceViewSet):
    """Days on which a unit, and every unit below it, can take no more change."""

    model = FreezePeriod
    serializer_class = FreezePeriodSerializer
    filterset_class = FreezePeriodFilter

    def joined(self, rows: Any) -> Any:
        """With the names."""
        return rows.select_related("unit")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Keep days free."""
        return services.create_freeze(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Move or rename them."""
        version = self.expected_version()
        return services.change_freeze(
            row, expected_version=version, **self.actor_and_time(), **values
        )
