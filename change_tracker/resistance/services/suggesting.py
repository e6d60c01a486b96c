"""What the catalogue suggests against a resistance, and what that brought about here."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.effects import Effect
from change_tracker.resistance.models import Lesson, ResistanceSource, StrategyType
from change_tracker.resistance.models.catalogue import Basis
from change_tracker.resistance.points import STRATEGY_EFFECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A strategy for one kind of resistance, whether its source text says so itself, and what it
    brought about here; None where it was not tried, or nothing was reviewed since.
    """

    strategy: StrategyType
    basis: str
    provenance: list[dict[str, str]]
    effect: Effect | None = None
    #: the newest lesson of an initiative in which it eased resistance, and in which it did not
    eased: str = ""
    did_not: str = ""

    @property
    def basis_words(self) -> str:
        """The basis as people read it."""
        return str(Basis(self.basis).label)

    @property
    def phrase(self) -> str:
        """The words of the source text that it goes back to; none for what was added here."""
        return self.provenance[0].get("phrase", "") if self.provenance else ""


def suggest_strategies(source: ResistanceSource) -> list[Suggestion]:
    """Ways to answer this kind of resistance, those that the source text states first; one query.

    The order within a basis is that of the pack.
    """
    recommended = source.type.recommendations.select_related("strategy").order_by("pk")
    found: list[Any] = list(
        recommended.annotate(eased=_lesson(eased=True), did_not=_lesson(eased=False))
    )
    effects: dict[int, Effect] = {}
    for effects_here in STRATEGY_EFFECTS:
        effects |= effects_here([each.strategy_id for each in found])
    suggestions = [
        Suggestion(
            strategy=each.strategy,
            basis=each.basis,
            provenance=each.strategy.provenance,
            effect=effects.get(each.strategy_id),
            eased=each.eased or "",
            did_not=each.did_not or "",
        )
        for each in found
    ]
    return sorted(suggestions, key=lambda each: each.basis != Basis.STATED)


def _lesson(*, eased: bool) -> Subquery:
    published = Initiative.objects.published().values("pk")
    lessons = Lesson.objects.filter(strategy=OuterRef("strategy"), initiative__in=published)
    return Subquery(lessons.filter(eased=eased).order_by("-pk").values("words")[:1])
