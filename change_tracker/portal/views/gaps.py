"""The gap list of one initiative: all that is missing, each line with what to do about it."""

from typing import Any

from django.http import Http404

from change_tracker.core.pages import PageMixin
from change_tracker.initiatives.head import reads_register
from change_tracker.progress.gaps import gaps_of, situation_of
from change_tracker.progress.missing import late_by_manager
from change_tracker.progress.reading import inside_of


class GapsPage(PageMixin):
    """Every gap, and who is late by the manager they report to, for those who read names."""

    template_name = "change_tracker/gaps.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read once, judged without further queries."""
        initiative = inside_of(self.user, self.kwargs["slug"], self.today)
        if initiative is None:
            raise Http404
        shows_register = reads_register(self.user, initiative)
        situation = situation_of(
            self.user, initiative, reads_register=shows_register, today=self.today
        )
        names = initiative.shows_names
        return super().get_context_data(
            initiative=initiative,
            shows_register=shows_register,
            gaps=gaps_of(situation, self.today, most=None),
            managers=late_by_manager(initiative, self.today) if names else [],
            **kwargs,
        )
