"""The API of this slice."""

from change_tracker.core.api.routes import Route
from change_tracker.resistance.api.catalogue import (
    PackViewSet,
    SourceCategoryViewSet,
    SourceTypeViewSet,
    StrategyViewSet,
    TechniqueViewSet,
)
from change_tracker.resistance.api.lessons import LessonViewSet
from change_tracker.resistance.api.register import ResistanceViewSet

ROUTES: list[Route] = [
    ("catalogue-packs", PackViewSet, "catalogue-pack"),
    ("source-categories", SourceCategoryViewSet, "source-category"),
    ("source-types", SourceTypeViewSet, "source-type"),
    ("strategies", StrategyViewSet, "strategy"),
    ("techniques", TechniqueViewSet, "technique"),
    ("lessons", LessonViewSet, "lesson"),
    ("resistance", ResistanceViewSet, "resistance"),
]
