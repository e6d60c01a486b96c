"""Initiatives: open, change, move; delete while they are drafts."""

from typing import Any

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.filters import FilterSet, day_from, day_to
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import (
    DeletableResourceViewSet,
    MoveMixin,
    MoveSerializer,
    MovesField,
)
from change_tracker.initiatives import services
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import Person
from change_tracker.people.pickers import MOST_FOUND


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


class GoLiveSerializer(serializers.Serializer[Any]):
    """Another day of go-live; null for none."""

    go_live_on = serializers.DateField(allow_null=True)


class FollowingSerializer(serializers.Serializer[Any]):
    """What another day of go-live does to one thing: its date now and then, and why in words."""

    title = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True)
    moves = serializers.BooleanField()
    words = serializers.CharField()


class CandidateSerializer(serializers.ModelSerializer[Person]):
    """A name and a unit: what tells people of one name apart."""

    unit_name = serializers.CharField(source="unit.name", default="", read_only=True)

    class Meta:
        model = Person
        fields = ["id", "display_name", "unit_name"]


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

    @property
    def parameters(self) -> frozenset[str]:
        """The name of whom to look for."""
        return frozenset({"name"} if self.action == "candidates" else ())

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

    @documented(request=GoLiveSerializer, responses=FollowingSerializer(many=True), filters=False)
    @action(
        detail=True,
        methods=["post"],
        url_path="preview-go-live",
        pagination_class=None,
        filter_backends=[],
    )
    def preview_go_live(self, request: Request, pk: str | None = None) -> Response:
        """What another day of go-live would take along, for those who may set it; sets nothing."""
        row = self.get_object()
        self.require(row, "changeable_by")
        to = body_of(GoLiveSerializer, request)["go_live_on"]
        found = services.foresee_go_live(row, to=to, user=self.user, today=timezone.localdate())
        return Response(FollowingSerializer(found, many=True).data)

    @documented(
        parameters=[OpenApiParameter("name", str, required=True)],
        responses=CandidateSerializer(many=True),
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def candidates(self, request: Request, pk: str | None = None) -> Response:
        """Who may be named as a member: people who work here whose name has each word of `name`.

        The first twenty by name; nobody without a word.
        """
        self.require(self.get_object(), "changeable_by")
        people = services.people_to_name(timezone.localdate())
        named = people.called(request.query_params.get("name", "")).select_related("unit")
        found = named.order_by("display_name", "pk")[:MOST_FOUND]
        return Response(CandidateSerializer(found, many=True).data)
