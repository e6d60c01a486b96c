"""The catalogue of kinds of resistance and answers to it, and the register of an initiative."""

from change_tracker.resistance.models.catalogue import (
    CatalogueEntry,
    CataloguePack,
    Recommendation,
    SourceCategory,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from change_tracker.resistance.models.lessons import Lesson
from change_tracker.resistance.models.register import ResistanceReview, ResistanceSource

__all__ = [
    "CatalogueEntry",
    "CataloguePack",
    "Lesson",
    "Recommendation",
    "ResistanceReview",
    "ResistanceSource",
    "SourceCategory",
    "SourceType",
    "StrategyType",
    "Technique",
    "TechniqueSuggestion",
]
