"""The sponsor's page: what they promised, what is late, what is asked of them."""

from typing import Any

from django.http import Http404

from change_tracker.core.pages import PageMixin
from change_tracker.mitigation.hill import dots_of
from change_tracker.portal.moments import go_live, in_order, of_actions, of_training
from change_tracker.portal.sponsor import (
    MOST_ASKED,
    asked_of,
    late_lines,
    part_in,
    promised,
    situation_for,
)
from change_tracker.progress.gaps import standing_of
from change_tracker.progress.queries import next_dues
from change_tracker.progress.verdict import verdict


class SponsorPage(PageMixin):
    """For the sponsor and the lead; prints as the paper for a steering group."""

    template_name = "change_tracker/sponsor.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything is read once; what is said about it follows without further queries."""
        today = self.today
        part = part_in(self.user, self.kwargs["slug"], today)
        if part is None:
            raise Http404
        initiative = part.initiative
        situation = situation_for(self.user, part, today)
        standing = standing_of(initiative, situation, today)
        actions, asked = promised(part, situation), asked_of(part, situation, today)
        late = late_lines(actions, today)
        moments = [
            *go_live(initiative, today),
            *of_training(next_dues(initiative, today), today),
            *of_actions(situation.actions, today),
        ]
        return super().get_context_data(
            part=part,
            initiative=initiative,
            verdict=verdict(standing),
            situation=situation,
            standing=standing,
            promised=actions,
            dots=dots_of(actions, today),
            late=late[:MOST_ASKED],
            more_late=len(late[MOST_ASKED:]),
            asked=asked[:MOST_ASKED],
            more=len(asked[MOST_ASKED:]),
            moments=in_order(moments, today),
            current="sponsor",
            shows_register=True,
            **kwargs,
        )
