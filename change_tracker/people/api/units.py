"""Departments and teams."""

from typing import Any

from django.db import models
from django.utils import timezone
from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import ContainsFilter, FilterSet, IdFilter
from change_tracker.core.api.views import ResourceViewSet
from change_tracker.people.models import OrgUnit
from change_tracker.people.services.units import change_unit, create_unit


class OrgUnitSerializer(serializers.ModelSerializer[OrgUnit]):
    parent = VisibleField(OrgUnit, allow_null=True, required=False)  # type: ignore[assignment]  # a field that is called like an attribute of its class

    class Meta:
        model = OrgUnit
        fields = ["id", "external_id", "name", "parent", "version"]
        read_only_fields = ["version"]


class OrgUnitFilter(FilterSet):
    parent = IdFilter()
    name = ContainsFilter()

    class Meta:
        model = OrgUnit
        fields = ["external_id"]


class OrgUnitViewSet(ExportMixin, ResourceViewSet):
    """Units of the organisation. Whoever makes audiences sees all; others their own."""

    model = OrgUnit
    serializer_class = OrgUnitSerializer
    filterset_class = OrgUnitFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Add a unit at its place in the tree."""
        return create_unit(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Rename or move a unit; its subtree and audiences follow."""
        return change_unit(
            row,
            today=timezone.localdate(),
            expected_version=self.expected_version(),
            **self.actor_and_time(),
            **values,
        )
