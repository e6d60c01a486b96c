"""The catalogue as a page: kinds of resistance, strategies, techniques, kinds of activities."""

from typing import Any

from change_tracker.core.pages import PageMixin
from change_tracker.resistance.models import SourceType, StrategyType, Technique
from change_tracker.training.models import ActivityKind


class CataloguePage(PageMixin):
    """Every entry that the caller reads, with the phrases of the chapters that it goes back to."""

    template_name = "change_tracker/catalogue.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`sources` by category, and `parts` of the other entries under a heading each."""
        sources = SourceType.objects.visible_to(self.user).select_related("category")
        answers = ("recommendations__strategy", "technique_suggestions__technique")
        return super().get_context_data(
            sources=list(sources.prefetch_related(*answers).order_by("category", "pk")),
            strategies=list(StrategyType.objects.visible_to(self.user).order_by("pk")),
            techniques=list(Technique.objects.visible_to(self.user).order_by("pk")),
            activity_kinds=list(ActivityKind.objects.visible_to(self.user).order_by("pk")),
            **kwargs,
        )
