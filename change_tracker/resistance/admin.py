"""The admin of this slice."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from change_tracker.core.admin import MoveAdmin, ServiceAdmin, ServiceInline, TabularInline
from change_tracker.core.services import create_row
from change_tracker.resistance.models import (
    Lesson,
    Recommendation,
    ResistanceReview,
    ResistanceSource,
    SourceCategory,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from change_tracker.resistance.services import register
from change_tracker.resistance.services.entries import Recommended, change_source_type
from change_tracker.resistance.services.lessons import add_lesson, change_lesson, delete_lesson
from change_tracker.resistance.states import RESISTANCE


class ReviewInline(ServiceInline):
    """Reviews are added, never changed or deleted."""

    model = ResistanceReview
    fields = ("level", "reviewed_on", "note", "reviewer")
    readonly_fields = ["reviewer"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("reviewer")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may review this resistance."""
        return obj is not None and ResistanceReview.objects.all().may_create(
            request.user, {"source": obj}
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a review."""
        return False

    def create_with(self, parent: Any, values: dict[str, Any], **by: Any) -> Any:
        """Judge its level; the reviewer is the person behind the login."""
        return register.review_resistance(parent, **values, **by)


@admin.register(ResistanceSource)
class ResistanceSourceAdmin(MoveAdmin):
    transitions = RESISTANCE
    inlines = [ReviewInline]
    list_display = [
        "statement",
        "initiative",
        "type",
        "owner",
        "latest_level",
        "target_level",
        "review_on",
        "state",
    ]
    list_select_related = ["initiative", "type", "owner"]
    list_filter = ["state", "origin", "stage", "review_on"]
    search_fields = ["statement", "initiative__title", "type__label"]
    autocomplete_fields = ["initiative", "type", "audiences", "owner"]
    fields = [
        "initiative",
        "type",
        "statement",
        "last_time",
        "this_time",
        "audiences",
        "origin",
        "stage",
        "owner",
        "target_level",
        "review_on",
        "state",
        "approver",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the latest level."""
        rows: Any = super().get_queryset(request)
        levels: models.QuerySet[Any] = rows.with_levels()
        return levels

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What moves write; and a resistance stays in its initiative."""
        return ["state", "approver", "initiative"] if obj else ["state", "approver"]

    @admin.display(description=_("latest level"))
    def latest_level(self, row: Any) -> Any:
        """The level of the newest review."""
        return row.latest_level

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Record a resistance."""
        return register.record_resistance(source_type=values.pop("type"), **values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Change what the register says."""
        return register.change_resistance(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Delete what nobody has worked on."""
        register.delete_resistance(row, **by)

    def move_with(self, row: Any, to: str, **by: Any) -> Any:
        """Move it on."""
        return register.move_resistance(row, to=to, **by)


class EntryAdmin(ServiceAdmin):
    """An entry of the catalogue. Where it comes from is shown, not edited."""

    search_fields = ["label", "slug"]
    list_select_related = ["pack"]
    exclude = ["provenance"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The slug is how packs know an entry: it is chosen once."""
        return ["slug", "pack", "phrases"] if obj else ["pack", "phrases"]

    @admin.display(description=_("where it comes from"))
    def phrases(self, row: Any) -> str:
        """Each phrase with its document."""
        pairs = ((each["phrase"], each.get("title", each["doc"])) for each in row.provenance)
        return format_html_join("\n", "<div>“{}” ({})</div>", pairs) or "-"


@admin.register(SourceCategory)
class SourceCategoryAdmin(EntryAdmin):
    list_display = ["label", "slug", "pack"]
    list_filter = ["pack"]


@admin.register(StrategyType)
class StrategyTypeAdmin(EntryAdmin):
    list_display = ["label", "action_kind", "slug", "pack"]
    list_filter = ["action_kind", "pack"]


@admin.register(Technique)
class TechniqueAdmin(EntryAdmin):
    list_display = ["label", "kind", "slug", "pack"]
    list_filter = ["kind", "pack"]


class RecommendationInline(ServiceInline):
    """Answers: added and removed here; another basis is another row."""

    model = Recommendation
    autocomplete_fields = ["strategy"]
    min_num = 1
    validate_min = True

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("source_type", "strategy")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Existing rows are shown."""
        return False


class SuggestionInline(TabularInline):
    """Techniques, as the pack suggests them."""

    model = TechniqueSuggestion
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        return super().get_queryset(request).select_related("source_type", "technique")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Packs bring these."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Packs bring these."""
        return False


@admin.register(SourceType)
class SourceTypeAdmin(EntryAdmin):
    inlines = [RecommendationInline, SuggestionInline]
    list_display = ["label", "category", "readiness_stage", "slug", "pack"]
    list_select_related = ["category", "pack"]
    list_filter = ["category", "readiness_stage", "pack"]
    autocomplete_fields = ["category"]

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Add the entry; its answers follow from the same form."""
        return create_row(SourceType, **values, **by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 Django's
        """Write the answers as one set."""
        # Fills the lists that the admin's own log reads; writes nothing.
        formset.save(commit=False)
        if formset.model is not Recommendation:
            return
        # Read anew, after the version: what somebody has added since the form was read stays.
        there = form.instance.recommendations.select_related("strategy")
        kept = {each.strategy: each.basis for each in there}
        for each in formset.deleted_objects:
            kept.pop(each.strategy, None)
        kept |= {each.strategy: each.basis for each in formset.new_objects}
        change_source_type(
            form.instance,
            recommendations=[Recommended(*pair) for pair in kept.items()],
            **self.actor_and_time(request),
        )


@admin.register(Lesson)
class LessonAdmin(ServiceAdmin):
    list_display = ["words", "initiative", "strategy", "eased"]
    list_select_related = ["initiative", "strategy"]
    list_filter = ["eased"]
    search_fields = ["words", "initiative__title", "strategy__label"]
    autocomplete_fields = ["initiative", "strategy"]
    fields = ["initiative", "strategy", "eased", "words"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A lesson stays in its initiative."""
        return ["initiative"] if obj else []

    def create_with(self, values: dict[str, Any], **by: Any) -> Any:
        """Write one down."""
        return add_lesson(**values, **by)

    def change_with(self, row: Any, changes: dict[str, Any], **by: Any) -> Any:
        """Say it otherwise."""
        return change_lesson(row, **changes, **by)

    def delete_with(self, row: Any, **by: Any) -> None:
        """Take it back."""
        delete_lesson(row, **by)
