"""The register of resistance, its reviews, and what the catalogue suggests."""

from typing import Any

from django.db import models
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter, day_from, day_to
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import (
    DeletableResourceViewSet,
    MoveMixin,
    MoveSerializer,
    MovesField,
)
from change_tracker.core.errors import ForbiddenError
from change_tracker.initiatives.api.fields import ColleagueField, PartSerializer
from change_tracker.people.models import Audience
from change_tracker.resistance.api.catalogue import ProvenanceField, StrategySerializer
from change_tracker.resistance.models import ResistanceReview, ResistanceSource, SourceType
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.services import register
from change_tracker.resistance.services.suggesting import suggest_strategies
from change_tracker.resistance.states import RESISTANCE


class ResistanceSerializer(PartSerializer):
    type = VisibleField(SourceType)
    type_label = serializers.CharField(source="type.label", read_only=True)
    audiences = VisibleField(Audience, many=True, required=False)
    owner = ColleagueField(required=False, allow_null=True)
    owner_name = serializers.CharField(
        source="owner.display_name", read_only=True, allow_null=True, default=None
    )
    latest_level = serializers.IntegerField(read_only=True, allow_null=True)
    first_level = serializers.IntegerField(read_only=True, allow_null=True)
    moves = MovesField(RESISTANCE)

    class Meta:
        model = ResistanceSource
        fields = [
            "id",
            "initiative",
            "type",
            "type_label",
            "statement",
            "last_time",
            "this_time",
            "audiences",
            "origin",
            "stage",
            "owner",
            "owner_name",
            "target_level",
            "first_level",
            "latest_level",
            "review_on",
            "approver",
            "state",
            "moves",
            "version",
        ]
        read_only_fields = ["approver", "state", "version"]


class ResistanceMoveSerializer(MoveSerializer):
    """“Live with it” (`accepted`) also takes who accepts it and when to look again."""

    approver = ColleagueField(required=False, allow_null=True, default=None)
    review_on = serializers.DateField(required=False, allow_null=True, default=None)


class ReviewSerializer(serializers.ModelSerializer[ResistanceReview]):
    reviewer_name = serializers.CharField(
        source="reviewer.display_name", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ResistanceReview
        fields = ["id", "level", "reviewed_on", "reviewer", "reviewer_name", "note"]
        read_only_fields = ["reviewer"]


class EffectSerializer(serializers.Serializer[Any]):
    """Levels eased, first review minus latest, in so many cases of all initiatives."""

    cases = serializers.IntegerField()
    mean = serializers.FloatField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()


class SuggestionSerializer(serializers.Serializer[Any]):
    strategy = StrategySerializer()
    basis = serializers.ChoiceField(Basis.choices)
    effect = EffectSerializer(allow_null=True)
    eased = serializers.CharField()
    did_not = serializers.CharField()
    provenance = ProvenanceField()


class ResistanceFilter(FilterSet):
    initiative = IdFilter()
    type = IdFilter()
    category = IdFilter(field_name="type__category")
    owner = IdFilter()
    audience = IdFilter(field_name="audiences")
    review_from = day_from("review_on")
    review_to = day_to("review_on")

    class Meta:
        model = ResistanceSource
        fields = ["state", "origin", "stage"]


class ResistanceViewSet(IncludeMixin, MoveMixin, DeletableResourceViewSet):
    """What stands in the way, in the lead's words; it belongs to groups, never to persons."""

    model = ResistanceSource
    serializer_class = ResistanceSerializer
    filterset_class = ResistanceFilter
    transitions = RESISTANCE
    move_serializer = ResistanceMoveSerializer

    def joined(self, rows: Any) -> Any:
        """With levels, names and groups."""
        joined = rows.with_levels().select_related("type", "owner")
        return joined.prefetch_related("audiences")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Record a resistance."""
        source_type = values.pop("type")
        return register.record_resistance(
            source_type=source_type, **self.actor_and_time(), **values
        )

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change what the register says."""
        version = self.expected_version()
        return register.change_resistance(
            row, expected_version=version, **self.actor_and_time(), **values
        )

    def perform_move(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Move it on."""
        return register.move_resistance(row, **self.actor_and_time(), **values)

    def perform_delete(self, row: Any) -> None:
        """Delete what nobody has worked on."""
        register.delete_resistance(row, **self.actor_and_time())

    @documented(responses=ReviewSerializer(many=True), filters=False)
    @action(detail=True)
    def reviews(self, request: Request, pk: str | None = None) -> Response:
        """The dated reviews of its level, the latest entry first."""
        source = self.get_object()
        rows: Any = ResistanceReview.objects.visible_to(self.user)
        page = self.paginate_queryset(rows.filter(source=source).select_related("reviewer"))
        return self.get_paginated_response(ReviewSerializer(page, many=True).data)

    @documented(request=ReviewSerializer, responses={201: ReviewSerializer})
    @reviews.mapping.post
    def review(self, request: Request, pk: str | None = None) -> Response:
        """Judge its level on a day; the reviewer is the caller. Reviews are never changed."""
        source = self.get_object()
        rows = ResistanceReview.objects.all()
        if not rows.may_create(self.user, {"source": source}):
            raise ForbiddenError
        values = body_of(ReviewSerializer, request)
        review = register.review_resistance(source, **self.actor_and_time(), **values)
        return Response(ReviewSerializer(review).data, status=status.HTTP_201_CREATED)

    @documented(responses=SuggestionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def suggestions(self, request: Request, pk: str | None = None) -> Response:
        """Strategies of the catalogue for this kind of resistance, those stated first."""
        found = suggest_strategies(self.get_object())
        return Response(SuggestionSerializer(found, many=True).data)
