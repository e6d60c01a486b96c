"""The figures of one initiative."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date

from change_tracker.core.pages import PageMixin
from change_tracker.portal.summary import groups_of, note_of, summary_of
from change_tracker.progress.queries import (
    initiatives_with_progress_for,
    measures,
    measures_by_plan,
    measures_by_unit,
)


class ProgressPage(PageMixin):
    """The measures of one initiative on a chosen day."""

    template_name = "change_tracker/initiative_progress.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures of the whole, by plan and by unit, on `on`."""
        rows = initiatives_with_progress_for(self.user)
        initiative = get_object_or_404(rows, slug=self.kwargs["slug"])
        asked = self.request.GET.get("on", "").strip()
        on = parsed_day(asked) or self.today
        whole = measures(initiative, on)
        return super().get_context_data(
            initiative=initiative,
            on=on,
            note=note_of(asked, on, self.today),
            whole=whole,
            summary=summary_of(whole, on, self.today),
            plans=groups_of(measures_by_plan(initiative, on)),
            units=groups_of(measures_by_unit(initiative, on)),
            **kwargs,
        )


def parsed_day(asked: str) -> date | None:
    """The day in `YYYY-MM-DD`, or None for anything else."""
    try:
        day = parse_date(asked)
    except ValueError:
        return None
    return day if day and day.isoformat() == asked else None
