"""Lists of training as files: the plans of an initiative, the people of one, and what waits for an
answer."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked, Filter, read_asked
from change_tracker.core.tables.batches import in_order
from change_tracker.training import standing, wording
from change_tracker.training.moretime import time_note
from change_tracker.training.standing import Tally
from change_tracker.training.views.plans import PlanMixin, PlansMixin
from change_tracker.training.waiting import hand_ins_for, requests_for


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


class PlanPeopleFile(PlanMixin, FilePage):
    """The people of the same filter as a file, for those who may read names; 404 for others."""

    def file_name(self) -> str:
        """Of the plan."""
        if not self.plan.shows_names:
            raise Http404
        return f"{self.plan.initiative.slug}-{self.plan.pk}"

    def head(self) -> list[str]:
        """As on the page."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("State"),
            gettext("Next date"),
            gettext("Done"),
            gettext("Of"),
            gettext("Exempt from"),
            gettext("Note"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, not one page."""
        return (
            [
                row.person.display_name,
                row.person.unit.name if row.person.unit else "",
                wording.standing_label(row.standing),
                row.next_due_on,
                row.done_items,
                row.all_items,
                row.exempt_items or "",
                time_note(is_extended=row.has_more_time),
            ]
            for row in in_order(self.people())
        )


class RequestsFile(FilePage):
    """Requests for more time that wait for the caller, of all initiatives or of one."""

    @cached_property
    def asked(self) -> Asked:
        """The initiative that is filtered by."""
        one = Filter(name="initiative", label=gettext("Initiative"))
        return read_asked(self.request.GET, [one], ["asked"], gettext("Order"))

    def rows(self) -> Any:
        """The oldest first."""
        return self.narrowed(requests_for(self.user)).order_by("asked_on", "pk")

    def narrowed(self, rows: Any) -> Any:
        """Those of the initiative that is asked for, with what they are about."""
        if slug := self.asked.values["initiative"]:
            rows = rows.filter(record__plan__initiative__slug=slug)
        joined = ("record__person__unit", "record__activity", "record__plan__initiative")
        return rows.select_related(*joined)

    def file_name(self) -> str:
        """What it lists."""
        return "requests-for-more-time"

    def head(self) -> list[str]:
        """What whoever answers reads."""
        return [
            *head_about(),
            gettext("Asked on"),
            gettext("Due on"),
            gettext("Wanted until"),
            gettext("Reason"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All that wait, not only what a page has room for."""
        return map(self._line, in_order(self.rows()))

    def _line(self, row: Any) -> list[Any]:
        return [*about(row.record), row.asked_on, row.record.due_on, row.wanted_on, row.reason]


class HandInsFile(RequestsFile):
    """What was handed in and waits for the caller, of all initiatives or of one."""

    def rows(self) -> Any:
        """The oldest first."""
        return self.narrowed(hand_ins_for(self.user)).order_by("handed_in_on", "pk")

    def file_name(self) -> str:
        """What it lists."""
        return "hand-ins"

    def head(self) -> list[str]:
        """What whoever confirms reads."""
        return [
            *head_about(),
            gettext("Handed in on"),
            gettext("Due on"),
            gettext("File"),
            gettext("Link"),
            gettext("Note"),
        ]

    def _line(self, row: Any) -> list[Any]:
        due_on = row.record.due_on
        return [*about(row.record), row.handed_in_on, due_on, row.file_name, row.link, row.note]


def head_about() -> list[str]:
    """The names of the columns of `about`."""
    return [
        gettext("Person"),
        gettext("Unit"),
        gettext("Training"),
        gettext("Plan"),
        gettext("Initiative"),
    ]


def about(record: Any) -> list[str]:
    """Whose it is, and what it is about."""
    return [
        record.person.display_name,
        record.person.unit.name if record.person.unit else "",
        record.activity.title,
        record.plan.title,
        record.plan.initiative.title,
    ]
