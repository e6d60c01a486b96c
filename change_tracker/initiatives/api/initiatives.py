"""Initiatives: open, change, move; delete while they are drafts."""

from typing import Any

from django.db import models
from rest_framework import serializers

from change_tracker.core.api.filters import FilterSet, day_from, day_to
from change_tracker.core.api.views import (
    DeletableResourceViewSet,
    MoveMixin,
    MoveSerializer,
    MovesField,
)
from change_tracker.initiatives import services
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE


class InitiativeSerializer(serializers.ModelSerializer[Initiative]):
    moves = MovesField(INITIATIVE)

    class Meta:
        model = Initiative
        fields = [
            "id",
            "title",
            "slug",
            "purpose",
            "future_state",
            "stays_the_same",
            "go_live_on",
            "closing_note",
            "state",
            "moves",
            "version",
        ]
        read_only_fields = ["slug", "closing_note", "state", "version"]


class InitiativeMoveSerializer(MoveSerializer):
    """`closing_note` is kept when the initiative closes."""

    closing_note = serializers.CharField(required=False, allow_blank=True, default="")


class InitiativeFilter(FilterSet):
    go_live_from = day_from("go_live_on")
    go_live_to = day_to("go_live_on")

    class Meta:
        model = Initiative
        fields = ["state", "slug"]


class InitiativeViewSet(MoveMixin, DeletableResourceViewSet):
    """Changes from a current to a future state. Whoever creates one becomes its lead."""

    model = Initiative
    serializer_class = InitiativeSerializer
    filterset_class = InitiativeFilter
    transitions = INITIATIVE
    move_serializer = InitiativeMoveSerializer

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Open a draft."""
        return services.create_initiative(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change what it says about itself."""
        version = self.expected_version()
        return services.change_initiative(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_move(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Move it."""
        return services.move_initiative(row, **self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Delete a draft."""
        services.delete_initiative(row, **self.actor_and_time())
