"""Runs of people sources, read only: rosters come in through `people-uploads/`, a page, commands
and the nightly sync."""

from rest_framework import serializers

from change_tracker.core.api.exports import ExportMixin
from change_tracker.core.api.filters import FilterSet, MomentFrom, MomentTo
from change_tracker.core.api.views import ReadViewSet
from change_tracker.people.models import PeopleSync


class PeopleSyncSerializer(serializers.ModelSerializer[PeopleSync]):
    class Meta:
        model = PeopleSync
        fields = ["id", "source", "state", "ran_at", "counts", "problems"]


class PeopleSyncFilter(FilterSet):
    ran_from = MomentFrom(field_name="ran_at")
    ran_to = MomentTo(field_name="ran_at")

    class Meta:
        model = PeopleSync
        fields = ["state", "source"]


class PeopleSyncViewSet(ExportMixin, ReadViewSet):
    """What each run did, or why it did nothing."""

    model = PeopleSync
    serializer_class = PeopleSyncSerializer
    filterset_class = PeopleSyncFilter
