"""The next two weeks of mail of an initiative, or of the caller."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.views import BaseViewSet, CreateMixin, ReadMixin
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.ahead import ask_ahead, days_of, names_in
from change_tracker.reminders.models import Forecast


class LineSerializer(serializers.Serializer[Any]):
    """What some people get: `names` are those whom the caller may know, `more` the others."""

    what = serializers.CharField()
    when = serializers.CharField()
    to = serializers.CharField()
    title = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())
    more = serializers.IntegerField()


class DaySerializer(serializers.Serializer[Any]):
    """All of one day."""

    on = serializers.DateField()
    lines = LineSerializer(many=True)


class ForecastSerializer(serializers.ModelSerializer[Forecast]):
    """Posting asks for it, of an initiative or, without one, of oneself; it is there with the next
    run, when `made_at` is not before `asked_at`.
    """

    initiative = VisibleField(Initiative, allow_null=True, required=False)
    days = serializers.SerializerMethodField()

    class Meta:
        model = Forecast
        fields = ["id", "initiative", "asked_at", "made_at", "days"]
        read_only_fields = ["asked_at", "made_at"]

    def get_days(self, row: Forecast) -> list[dict[str, Any]]:
        """Day by day what leaves, if nobody does anything."""
        view: Any = self.context["view"]
        days = days_of(row, view.known, named=row.initiative_id in view.named)
        return [asdict(each) for each in days]


class ForecastFilter(FilterSet):
    initiative = IdFilter()

    class Meta:
        model = Forecast
        fields: list[str] = []


class ForecastViewSet(ReadMixin, CreateMixin, BaseViewSet):
    """What mail leaves in the next two weeks, by the rules by which it leaves."""

    model = Forecast
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter

    known: Mapping[int, str] = {}

    @cached_property
    def named(self) -> set[int]:
        """The initiatives of which the caller may read who has training."""
        rows = with_head(Initiative.objects.visible_to(self.user), self.user)
        return set(rows.filter(shows_names=True).values_list("pk", flat=True))

    def get_serializer(self, *args: Any, **options: Any) -> Any:
        """With the names that are shown of all rows, read at once."""
        if args and args[0] is not None:
            rows = args[0] if options.get("many") else [args[0]]
            self.known = names_in(rows, self.user, self.named)
        return super().get_serializer(*args, **options)

    def perform_create(self, values: dict[str, Any]) -> Forecast:
        """Ask for it."""
        now, initiative = timezone.now(), values.get("initiative")
        if initiative is not None:
            return ask_ahead(initiative=initiative, now=now)
        return ask_ahead(person=Person.objects.of_user(self.user).get(), now=now)
