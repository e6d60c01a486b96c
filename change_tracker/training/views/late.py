"""Who is late in an initiative, whatever the plan: for those who read names."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked, DayFilter, Filter, read_asked
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.tables.batches import in_order
from change_tracker.initiatives.head import reads_register
from change_tracker.people.queries import holidays_in
from change_tracker.training import standing, wording
from change_tracker.training.moretime import time_note

NOBODY = "none"
#: What the list is filtered by: the path to its key, and to its name.
UNIT, PLAN = ("unit", "unit__name"), ("plan", "plan__title")
MANAGER = ("person__manager", "person__manager__display_name")
#: What the file says of a row; reading more would double its time.
COLUMNS = (
    "due_on",
    "is_extended",
    "person__display_name",
    "unit__name",
    "activity__title",
    "plan__title",
)


def _choice(name: str, label: str, found: dict[int | None, str], nothing: str = "") -> Filter:
    """A filter by what there is; `nothing` names the rows that have none of it."""
    choices = [(str(pk or NOBODY), words or nothing) for pk, words in found.items()]
    return Filter(name=name, label=label, choices=[("", gettext("All")), *choices])


class LateMixin(PageMixin):
    """Late training of one initiative, of everyone or as far as the filters find it."""

    tab = "initiatives"

    @cached_property
    def initiative(self) -> Any:
        """The initiative, for those who read the names of its people; else 404."""
        return the_one_or_404(standing.initiative_with_names(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def everything(self) -> Any:
        """All that is late."""
        return standing.late_records(self.user, self.initiative, self.today)

    @cached_property
    def asked(self) -> Asked:
        """What is filtered by."""
        units, plans, managers = standing.found_in(self.everything, UNIT, PLAN, MANAGER)
        nobody = gettext("nobody they report to")
        filters = [
            _choice("unit", gettext("Unit"), units, gettext("No unit")),
            _choice("plan", gettext("Plan"), plans),
            _choice("manager", gettext("Manager"), managers, nobody),
            DayFilter(name="due_from", label=gettext("Due from")),
            DayFilter(name="due_to", label=gettext("Due until")),
        ]
        return read_asked(self.request.GET, filters, ["due"], gettext("Order"))

    @cached_property
    def found(self) -> Any:
        """The training that the filters find."""
        rows, asked = self.everything, self.asked.values
        for name, (key, _name) in (("unit", UNIT), ("plan", PLAN), ("manager", MANAGER)):
            if asked[name]:
                rows = rows.filter(**{key: None if asked[name] == NOBODY else asked[name]})
        if asked["due_from"]:
            rows = rows.filter(due_on__gte=asked["due_from"])
        if asked["due_to"]:
            rows = rows.filter(due_on__lte=asked["due_to"])
        return rows

    def rows(self) -> Any:
        """The same with person, activity and plan, and what `days_late` reads, in order."""
        rows = self.found.select_related("person", "unit", "activity", "plan")
        return rows.annotate(holidays=holidays_in(OuterRef("due_on"), self.today)).order_by(
            "due_on", "person__display_name", "pk"
        )

    def days_late(self, row: Any) -> int:
        """Working days since one of these `rows` was due."""
        return wording.working_days_late(row.due_on, self.today, row.holidays)


class LatePage(LateMixin):
    """Who is late with what, since when."""

    template_name = "change_tracker/late.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of training in `lines`, and what the filter finds in a sentence."""
        tally = standing.tally_of_late(self.found)
        paginator = Paginator(self.rows(), get_conf().page_size)
        paginator.count = tally["pieces"]  # known: one query less
        page = paginator.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            initiative=self.initiative,
            shows_register=reads_register(self.user, self.initiative),
            asked=self.asked,
            query=self.asked.query(),
            sentence=wording.late_words(**tally),
            page=page,
            lines=[(row, wording.late_chip(self.days_late(row))) for row in page.object_list],
            **kwargs,
        )


class LateFile(LateMixin, FilePage):
    """The same as a file, for those who may read names; 404 for others."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-late"

    def head(self) -> list[str]:
        """As on the page."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("Training"),
            gettext("Plan"),
            gettext("Due on"),
            gettext("Working days late"),
            gettext("Note"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, not one page."""
        return (
            [
                row.person.display_name,
                row.unit.name if row.unit else "",
                row.activity.title,
                row.plan.title,
                row.due_on,
                self.days_late(row),
                time_note(is_extended=row.is_extended),
            ]
            for row in in_order(self.rows().only(*COLUMNS))
        )
