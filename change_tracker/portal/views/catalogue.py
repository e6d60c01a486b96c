"""The catalogue as a page: kinds of resistance, strategies, techniques, kinds of activities."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch

from change_tracker.core.access import User
from change_tracker.core.neighbours import neighbours, relations_of
from change_tracker.core.pages import PageMixin
from change_tracker.resistance.models import (
    Recommendation,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from change_tracker.training.models import ActivityKind

#: Of what has to do with a strategy, so many are named.
MOST_NAMED = 3


class CataloguePage(PageMixin):
    """Every entry that the caller reads, with the phrases of the chapters that it goes back to."""

    template_name = "change_tracker/catalogue.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`sources` by category, and `parts` of the other entries under a heading each."""
        sources = list(_sources_for(self.user))
        return super().get_context_data(
            sources=sources,
            strategies=_strategies_for(self.user, sources),
            techniques=list(Technique.objects.visible_to(self.user).order_by("pk")),
            activity_kinds=list(ActivityKind.objects.visible_to(self.user).order_by("pk")),
            **kwargs,
        )


def _sources_for(user: User) -> Any:
    answers = Recommendation.objects.select_related("strategy")
    suggested = TechniqueSuggestion.objects.select_related("technique")
    sources = SourceType.objects.visible_to(user).select_related("category")
    return sources.prefetch_related(
        Prefetch("recommendations", queryset=answers),
        Prefetch("technique_suggestions", queryset=suggested),
    ).order_by("category", "pk")


def _strategies_for(user: User, sources: Iterable[Any]) -> list[Any]:
    """Each with the `kinds` that it answers, and with what `user` reads of it in initiatives:
    `near_sources` of these kinds, and `near_actions` that follow it. Three queries.
    """
    kinds = defaultdict(list)
    for source in sources:
        for each in source.recommendations.all():
            kinds[each.strategy_id].append(source.label)
    found: list[Any] = list(StrategyType.objects.visible_to(user).order_by("pk"))
    keys = [each.pk for each in found]
    near = {}
    for name in ("sources", "actions"):
        relation = relations_of(StrategyType)[name]
        where = replace(relation, fields={**relation.fields, "slug": "initiative__slug"})
        near[name] = neighbours(where, user, keys)
    for each in found:
        each.kinds = kinds[each.pk]
        for name, rows in near.items():
            # Rows have relations of these names already.
            setattr(each, f"near_{name}", rows[each.pk].rows[:MOST_NAMED])
            setattr(each, f"more_{name}", max(rows[each.pk].total - MOST_NAMED, 0))
    return found
