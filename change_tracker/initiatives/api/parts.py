"""What an initiative wants to reach, and whom it touches."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives import services
from change_tracker.initiatives.api.fields import PartSerializer
from change_tracker.initiatives.models import AffectedGroup, Measurement, Milestone, Objective
from change_tracker.people.models import Audience

STANCE = ("influence", "support")


class ObjectiveSerializer(PartSerializer):
    class Meta:
        model = Objective
        fields = [
            "id",
            "initiative",
            "title",
            "unit",
            "baseline",
            "target",
            "direction",
            "due_on",
            "version",
        ]
        read_only_fields = ["version"]


class MeasurementSerializer(serializers.ModelSerializer[Measurement]):
    objective = VisibleField(Objective)

    class Meta:
        model = Measurement
        fields = ["id", "objective", "measured_on", "value", "note", "version"]
        read_only_fields = ["version"]
        # A day that has a reading already is refused by the service, which says what it is.
        validators: ClassVar[list[Any]] = []

    def validate_objective(self, objective: Objective) -> Objective:
        """Refuse to make it a reading of something else."""
        row: Any = self.instance
        if isinstance(row, Measurement) and row.objective_id != objective.pk:
            raise serializers.ValidationError(_("It belongs to another objective and stays there."))
        return objective


class MilestoneSerializer(PartSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "initiative", "title", "due_on", "reached_on", "words", "version"]
        read_only_fields = ["version"]


class AffectedGroupSerializer(PartSerializer):
    """`influence` and `support` are left out for those who only belong to the group."""

    audience = VisibleField(Audience)
    audience_name = serializers.CharField(source="audience.name", read_only=True)

    class Meta:
        model = AffectedGroup
        fields = [
            "id",
            "initiative",
            "audience",
            "audience_name",
            "impact",
            "from_state",
            "to_state",
            "message",
            *STANCE,
            "from_on",
            "to_on",
            "version",
        ]
        read_only_fields = ["version"]
        # A repeat is refused by the service, which says which group it is.
        validators: ClassVar[list[Any]] = []

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row, with how the group is judged for those who may know."""
        shown: dict[str, Any] = super().to_representation(instance)
        if not getattr(instance, "shows_stance", False):
            for name in STANCE:
                shown.pop(name)
        return shown


class ObjectiveFilter(FilterSet):
    initiative = IdFilter()
    due_from = day_from("due_on")
    due_to = day_to("due_on")

    class Meta:
        model = Objective
        fields = ["direction"]


class MeasurementFilter(FilterSet):
    objective = IdFilter()
    initiative = IdFilter(field_name="objective__initiative")
    measured_from = day_from("measured_on")
    measured_to = day_to("measured_on")

    class Meta:
        model = Measurement
        fields: ClassVar[list[str]] = []


class MilestoneFilter(FilterSet):
    initiative = IdFilter()
    due_from = day_from("due_on")
    due_to = day_to("due_on")

    class Meta:
        model = Milestone
        fields: ClassVar[list[str]] = []


class AffectedGroupFilter(FilterSet):
    initiative = IdFilter()
    audience = IdFilter()

    class Meta:
        model = AffectedGroup
        fields = ["impact"]


class PartViewSet(DeletableResourceViewSet):
    """Parts of an initiative, deleted only while it is a draft."""

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change the part."""
        version = self.expected_version()
        part: models.Model = services.change_part(
            row, expected_version=version, **self.actor_and_time(), **values
        )
        return part

    def perform_delete(self, row: Any) -> None:
        """Delete the part."""
        services.delete_part(row, **self.actor_and_time())


class ObjectiveViewSet(PartViewSet):
    """How success is measured."""

    model = Objective
    serializer_class = ObjectiveSerializer
    filterset_class = ObjectiveFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Add a success criterion."""
        return services.add_objective(**self.actor_and_time(), **values)


class MeasurementViewSet(DeletableResourceViewSet):
    """What objectives were found to be, day by day; also for systems that measure."""

    model = Measurement
    serializer_class = MeasurementSerializer
    filterset_class = MeasurementFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Record a reading; the same again answers with what there is."""
        return services.record_reading(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Correct it."""
        version = self.expected_version()
        return services.change_reading(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_delete(self, row: Any) -> None:
        """Take it back."""
        services.delete_reading(row, **self.actor_and_time())


class MilestoneViewSet(DeletableResourceViewSet):
    """Dates on the way. A `reached_on` says that one is reached; then it is celebrated."""

    model = Milestone
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Set a date."""
        return services.add_milestone(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change it, or say that it is reached."""
        version = self.expected_version()
        return services.change_milestone(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_delete(self, row: Any) -> None:
        """Delete it, unless it was reached."""
        services.delete_milestone(row, **self.actor_and_time())


class AffectedGroupViewSet(PartViewSet):
    """Whom an initiative touches, and how."""

    model = AffectedGroup
    serializer_class = AffectedGroupSerializer
    filterset_class = AffectedGroupFilter

    def joined(self, rows: Any) -> Any:
        """With the name of the audience, and whether the caller may read its stance."""
        return rows.select_related("audience").with_stance_for(self.user)

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Say how the initiative touches an audience."""
        return services.add_affected_group(**self.actor_and_time(), **values)
