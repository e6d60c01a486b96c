"""Finding people of a plan by when their next open training is due."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.lists import DayFilter
from change_tracker.core.pages import PageMixin
from change_tracker.training import standing


class DueWindowMixin(PageMixin):
    """`due_from` and `due_to` of the address: the first and the last day of the next date."""

    @cached_property
    def asked_due(self) -> list[DayFilter]:
        """The days that are filtered by; what is no day is left out."""
        days = (
            DayFilter(name="due_from", label=gettext("Next date from")),
            DayFilter(name="due_to", label=gettext("Next date until")),
        )
        return [day.given(self.request.GET.get(day.name, "")) or day for day in days]

    @property
    def is_in_window(self) -> bool:
        """Whether people are found by their next date."""
        return any(day.is_on for day in self.asked_due)

    @property
    def asks_for_no_day(self) -> bool:
        """Whether the address names a day that is none."""
        return any(
            self.request.GET.get(day.name, "").strip() and not day.is_on for day in self.asked_due
        )

    def in_window(self, rows: Any) -> Any:
        """Those of `rows` of enrolments whose next date is between the days that are asked for."""
        if not self.is_in_window:
            return rows
        begin, end = self.asked_due
        return standing.due_between(rows, begin.day, end.day)

    def due_terms(self, without: str = "") -> list[tuple[str, str]]:
        """The days as names and values, but for the one called `without`."""
        return [(day.name, day.value) for day in self.asked_due if day.name != without]
