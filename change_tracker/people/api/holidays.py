"""Holidays: read by everybody who works here, kept by HR and site admins."""

from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.filters import FilterSet, day_from, day_to
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.people.models import Holiday


class HolidaySerializer(serializers.ModelSerializer[Holiday]):
    class Meta:
        model = Holiday
        fields = ["id", "day", "name", "version"]
        read_only_fields = ["version"]


class HolidayFilter(FilterSet):
    """`day_from` and `day_to`: those between both."""

    day_from = day_from("day")
    day_to = day_to("day")

    class Meta:
        model = Holiday
        fields: list[str] = []


class HolidayViewSet(ExportMixin, DeletableResourceViewSet):
    """Days on which nobody works: working days leave them out, and no reminder leaves on them."""

    model = Holiday
    serializer_class = HolidaySerializer
    filterset_class = HolidayFilter
