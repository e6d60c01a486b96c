"""One initiative for those who work in it: where it stands, and what needs somebody today."""

from typing import Any

from django.shortcuts import get_object_or_404

from change_tracker.core.pages import PageMixin
from change_tracker.portal.head import reads_register, with_head
from change_tracker.portal.hill import dots_of
from change_tracker.portal.moments import go_live, in_order, of_actions, of_training
from change_tracker.progress.gaps import gaps_of, next_dues, situation_of, standing_of
from change_tracker.progress.queries import initiatives_with_progress_for
from change_tracker.progress.verdict import verdict


class OverviewPage(PageMixin):
    """Verdict, needs you today, four figures, actions on the hill, what happens when."""

    template_name = "change_tracker/initiative.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything is read once; what is said about it follows without further queries."""
        rows = with_head(initiatives_with_progress_for(self.user), self.user)
        initiative = get_object_or_404(rows, slug=self.kwargs["slug"])
        shows_register = reads_register(self.user, initiative)
        situation = situation_of(
            self.user, initiative, reads_register=shows_register, today=self.today
        )
        standing = standing_of(initiative, situation, self.today)
        moments = [
            *go_live(initiative, self.today),
            *of_training(next_dues(initiative, self.today), self.today),
            *of_actions(situation.actions, self.today),
        ]
        return super().get_context_data(
            initiative=initiative,
            verdict=verdict(standing),
            standing=standing,
            situation=situation,
            gaps=gaps_of(situation, self.today),
            dots=dots_of(situation.actions, self.today),
            moments=in_order(moments, self.today),
            current="overview",
            shows_register=shows_register,
            **kwargs,
        )
