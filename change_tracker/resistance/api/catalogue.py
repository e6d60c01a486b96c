"""The catalogue: read by those who work with it, changed by site staff."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from change_tracker.core.api.fields import VisibleField, WholeLineMixin
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.includes import IncludeMixin
from change_tracker.core.api.views import DeletableResourceViewSet, ReadViewSet
from change_tracker.resistance.models import (
    CatalogueEntry,
    CataloguePack,
    SourceCategory,
    SourceType,
    StrategyType,
    Technique,
)
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.services.entries import (
    Recommended,
    change_source_type,
    create_source_type,
)

ENTRY = ["id", "slug", "label", "provenance", "pack", "version"]
FROM_PACKS = ["provenance", "pack", "version"]


class PhraseSerializer(serializers.Serializer[Any]):
    """One phrase of a source text that an entry comes from; a title and an address where known."""

    doc = serializers.CharField()
    phrase = serializers.CharField()
    title = serializers.CharField(required=False)
    url = serializers.URLField(required=False)


@extend_schema_field(PhraseSerializer(many=True))
class ProvenanceField(serializers.ReadOnlyField):
    """Where an entry comes from."""


class EntrySerializer(serializers.ModelSerializer[Any]):
    """What all entries share. The slug is how packs know an entry, so it never changes."""

    provenance = ProvenanceField()
    pack = serializers.CharField(source="pack.slug", read_only=True, allow_null=True, default=None)

    def validate_slug(self, slug: str) -> str:
        """Refuse another slug for an existing entry."""
        if isinstance(self.instance, CatalogueEntry) and self.instance.slug != slug:
            raise serializers.ValidationError(_("The short name of an entry stays as it is."))
        return slug


class PackSerializer(serializers.ModelSerializer[CataloguePack]):
    class Meta:
        model = CataloguePack
        fields = ["id", "slug", "pack_version", "loaded_at"]


class PackViewSet(ReadViewSet):
    """The packs that were loaded, each in its version; `load_catalogue` loads them."""

    model = CataloguePack
    serializer_class = PackSerializer
    filterset_fields = ["slug"]


class SourceCategorySerializer(EntrySerializer):
    class Meta:
        model = SourceCategory
        fields = ENTRY
        read_only_fields = FROM_PACKS


class StrategySerializer(EntrySerializer):
    class Meta:
        model = StrategyType
        fields = [*ENTRY, "action_kind"]
        read_only_fields = FROM_PACKS


class TechniqueSerializer(EntrySerializer):
    class Meta:
        model = Technique
        fields = [*ENTRY, "kind"]
        read_only_fields = FROM_PACKS


class RecommendationSerializer(WholeLineMixin, serializers.Serializer[Any]):
    """A strategy that answers a kind of resistance; stated by its source text, or proposed."""

    strategy = VisibleField(StrategyType)
    basis = serializers.ChoiceField(Basis.choices)


class SourceTypeSerializer(EntrySerializer):
    category = VisibleField(SourceCategory)
    recommendations = RecommendationSerializer(many=True, allow_empty=False)

    class Meta:
        model = SourceType
        fields = [*ENTRY, "category", "readiness_stage", "signs", "for_people", "recommendations"]
        read_only_fields = FROM_PACKS

    def validate_recommendations(self, given: list[dict[str, Any]]) -> list[Recommended]:
        """The rows as the service takes them."""
        return [Recommended(each["strategy"], each["basis"]) for each in given]


class SourceTypeFilter(FilterSet):
    category = IdFilter()
    strategy = IdFilter(field_name="recommendations__strategy")

    class Meta:
        model = SourceType
        fields = ["slug", "readiness_stage"]


class EntryViewSet(DeletableResourceViewSet):
    """Entries of the catalogue; deleted only while nothing refers to them."""

    def joined(self, rows: Any) -> Any:
        """With the pack."""
        return rows.select_related("pack")


class SourceCategoryViewSet(EntryViewSet):
    """Families of kinds of resistance."""

    model = SourceCategory
    serializer_class = SourceCategorySerializer
    filterset_fields = ["slug"]


class StrategyViewSet(IncludeMixin, EntryViewSet):
    """Ways to answer resistance."""

    model = StrategyType
    serializer_class = StrategySerializer
    filterset_fields = ["slug", "action_kind"]


class TechniqueViewSet(EntryViewSet):
    """Behaviours, topics and habits of learning."""

    model = Technique
    serializer_class = TechniqueSerializer
    filterset_fields = ["slug", "kind"]


class SourceTypeViewSet(EntryViewSet):
    """Kinds of resistance, with the signs by which one observes them."""

    model = SourceType
    serializer_class = SourceTypeSerializer
    filterset_class = SourceTypeFilter

    def joined(self, rows: Any) -> Any:
        """With the pack and the recommendations."""
        return super().joined(rows).prefetch_related("recommendations")

    def perform_create(self, values: dict[str, Any]) -> models.Model:
        """Add a kind of resistance."""
        return create_source_type(**self.actor_and_time(), **values)

    def perform_change(self, row: Any, values: dict[str, Any]) -> models.Model:
        """Change a kind of resistance."""
        version = self.expected_version()
        return change_source_type(row, expected_version=version, **self.actor_and_time(), **values)
