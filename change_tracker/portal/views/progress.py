"""The figures of one initiative."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date

from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.initiatives.head import reads_register
from change_tracker.initiatives.queries import set_up_of
from change_tracker.portal.summary import groups_of, note_of, summary_of
from change_tracker.progress.queries import measures, measures_by_plan, measures_by_unit


class ProgressPage(PageMixin):
    """The measures of one initiative on a chosen day."""

    template_name = "change_tracker/initiative_progress.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures of the whole, by plan and by unit, on `on`."""
        initiative = the_one_or_404(set_up_of(self.user, slug=self.kwargs["slug"]))
        asked = self.request.GET.get("on", "").strip()
        on = parsed_day(asked) or self.today
        whole = measures(initiative, on)
        return super().get_context_data(
            initiative=initiative,
            shows_register=reads_register(self.user, initiative),
            on=on,
            note=note_of(asked, on, self.today),
            whole=whole,
            summary=summary_of(whole, on, self.today),
            plans=groups_of(measures_by_plan(initiative, on)),
            units=groups_of(measures_by_unit(initiative, on)),
            late_url=self.late_url(initiative) if on == self.today else "",
            **kwargs,
        )

    def late_url(self, initiative: Any) -> str:
        """Where those who are late are named; nothing for who may not read names."""
        slug = initiative.slug
        return reverse("change_tracker:late-people", args=[slug]) if initiative.shows_names else ""


def parsed_day(asked: str) -> date | None:
    """The day in `YYYY-MM-DD`, or None for anything else."""
    try:
        day = parse_date(asked)
    except ValueError:
        return None
    return day if day and day.isoformat() == asked else None
