"""Days away: read by the person, their managers, HR and site admins; typed by the latter two."""

from typing import Any

from django.db import models
from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.people.models import Absence, Person
from change_tracker.people.services.absences import change_absence, create_absence


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    person = VisibleField(Person)

    class Meta:
        model = Absence
        fields = ["id", "person", "from_on", "to_on", "source", "version"]
        read_only_fields = ["source", "version"]


class AbsenceFilter(FilterSet):
    """`away_from` and `away_to`: those with a day between both."""

    person = IdFilter()
    away_from = day_from("to_on")
    away_to = day_to("from_on")

    class Meta:
        model = Absence
        fields = ["source"]


class AbsenceViewSet(ExportMixin, DeletableResourceViewSet):
    """Days on which somebody is away, so that no reminder reaches them then."""

    model = Absence
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Note days away."""
        return create_absence(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change days away."""
        return change_absence(
            row, expected_version=self.expected_version(), **self.actor_and_time(), **values
        )
