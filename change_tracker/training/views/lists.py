"""Lists of training as files: the plans of an initiative, and the requests for more time."""

from collections.abc import Iterator
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked, Filter, read_asked
from change_tracker.core.tables.batches import in_order
from change_tracker.training import standing
from change_tracker.training.standing import Tally
from change_tracker.training.views.plans import PlansMixin
from change_tracker.training.waiting import requests_for


class PlansFile(PlansMixin, FilePage):
    """The plans of one initiative, as its page lists them."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-plans"

    def head(self) -> list[str]:
        """As on the page, with every figure in a column of its own."""
        return [
            gettext("Plan"),
            gettext("State"),
            gettext("Revision"),
            gettext("People who have it"),
            gettext("Done"),
            gettext("On the way"),
            gettext("Late"),
            gettext("Exempt or no longer needed"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, in their order."""
        plans = list(self.rows())
        tallies = standing.tally_by_plan(plans, self.today)
        for plan in plans:
            tally = tallies.get(plan.pk, Tally())
            figures = [tally.everyone, tally.done, tally.open, tally.late, tally.out]
            yield [plan.title, str(plan.get_state_display()), plan.revision, *figures]


class RequestsFile(FilePage):
    """Requests for more time that wait for the caller, of all initiatives or of one."""

    @cached_property
    def asked(self) -> Asked:
        """The initiative that is filtered by."""
        one = Filter(name="initiative", label=gettext("Initiative"))
        return read_asked(self.request.GET, [one], ["asked"], gettext("Order"))

    def rows(self) -> Any:
        """The oldest first."""
        rows = requests_for(self.user)
        if slug := self.asked.values["initiative"]:
            rows = rows.filter(record__plan__initiative__slug=slug)
        joined = ("record__person__unit", "record__activity", "record__plan__initiative")
        return rows.select_related(*joined).order_by("asked_on", "pk")

    def file_name(self) -> str:
        """What it lists."""
        return "requests-for-more-time"

    def head(self) -> list[str]:
        """What whoever answers reads."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("Training"),
            gettext("Plan"),
            gettext("Initiative"),
            gettext("Asked on"),
            gettext("Due on"),
            gettext("Wanted until"),
            gettext("Reason"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All that wait, not only what a page has room for."""
        return map(self._line, in_order(self.rows()))

    def _line(self, row: Any) -> list[Any]:
        record = row.record
        return [
            record.person.display_name,
            record.person.unit.name if record.person.unit else "",
            record.activity.title,
            record.plan.title,
            record.plan.initiative.title,
            row.asked_on,
            record.due_on,
            row.wanted_on,
            row.reason,
        ]
