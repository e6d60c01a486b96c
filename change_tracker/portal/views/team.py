"""The people who report to the caller: who is late, what changes for them, and one of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Subquery
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked, DayFilter, Filter, read_asked
from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.batches import in_order
from change_tracker.core.workdays import Calendar
from change_tracker.people.models import Absence, Person
from change_tracker.people.queries import working_calendar
from change_tracker.portal import team, team_words
from change_tracker.portal.months import months_of
from change_tracker.training.duewords import opens_after
from change_tracker.training.models import TrainingRecord
from change_tracker.training.moretime import time_note
from change_tracker.training.queries import work_of
from change_tracker.training.standing import Standing
from change_tracker.training.wording import Choice, standing_label, working_days_late

#: What a filter looks at.
FOUND_BY = {
    "unit": "person__unit",
    "plan": "plan",
    "due_from": "due_on__gte",
    "due_to": "due_on__lte",
}
#: Names of people who are up to date; of more, the number.
MOST_NAMES = 100


class TeamMixin(PageMixin):
    """The team, or of it those who report directly; and which standing is looked at."""

    tab = "team"

    @cached_property
    def direct(self) -> bool:
        """Whether only direct reports are asked for."""
        return self.request.GET.get("only") == "direct"

    @cached_property
    def standing(self) -> str:
        """The standing that is asked for; late unasked."""
        asked = self.request.GET.get("state", "")
        return asked if asked in team.READ else str(Standing.LATE)

    def records(self) -> Any:
        """The training of the team."""
        return team.records_of(self.user, self.today, direct=self.direct)

    @cached_property
    def choices(self) -> team.Choices:
        """The units and plans to find training by."""
        return team.choices_of(self.records())

    @cached_property
    def asked(self) -> Asked:
        """What is filtered by beside standing and scope."""
        everything = ("", gettext("All"))
        units = [(str(pk), name) for pk, name in self.choices.units]
        plans = [(str(pk), title) for pk, title in self.choices.plans]
        filters = [
            Filter(name="unit", label=gettext("Unit"), choices=[everything, *units]),
            Filter(name="plan", label=gettext("Plan"), choices=[everything, *plans]),
            DayFilter(name="due_from", label=gettext("Due from")),
            DayFilter(name="due_to", label=gettext("Due until")),
        ]
        asked = read_asked(self.request.GET, filters, ["due"], gettext("Order"))
        return replace(asked, beside=self.beside(self.standing, direct=self.direct))

    def found(self) -> Any:
        """The training of the team that the filters find, in any standing."""
        rows = self.records()
        for name, value in self.asked.values.items():
            if value and name in FOUND_BY:
                rows = rows.filter(**{FOUND_BY[name]: value})
        return rows

    def beside(self, standing: str, *, direct: bool) -> dict[str, str]:
        """Standing and scope as an address says them; nothing that goes without saying."""
        asked = {
            "state": standing if standing != Standing.LATE else "",
            "only": "direct" if direct else "",
        }
        return {name: value for name, value in asked.items() if value}

    def query(self, standing: str, *, direct: bool) -> str:
        """The address of the list in another standing or scope, with the same filters."""
        return replace(self.asked, beside=self.beside(standing, direct=direct)).query()

    def rows(self) -> Any:
        """What is found in the standing that is looked at."""
        return team.records_in(self.standing, self.found(), self.today)

    def days_late(self, row: Any) -> int:
        """Working days since one of these `rows` was due; 0 where it is not late."""
        if row.standing != Standing.LATE:
            return 0
        return working_days_late(row.due_on, self.today, row.holidays)

    def chip(self, row: Any) -> Any:
        """How one record stands, in words."""
        opens = opens_after("") if row.is_locked() else ""
        late = self.days_late(row)
        return team_words.chip_of(row.standing, row.due_on, self.today, late, opens=opens)


class TeamPage(TeamMixin):
    """Who is late, what changes for my team by month, who is up to date."""

    template_name = "change_tracker/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of training in `lines`, `months`, who is `fine`; a headline in any case."""
        people = team.people_of(self.user, self.today, direct=self.direct)
        headline = team_words.headline(people, direct=self.direct)
        context = {"headline": headline, "direct": self.direct}
        if people:
            context |= self._team(people)
        return super().get_context_data(**context | kwargs)

    def _team(self, people: list[Any]) -> dict[str, Any]:
        events, self.choices = team.events_of(
            self.user, self.today, direct=self.direct, rows=self.records()
        )
        dues = team.dues_of(self.found())
        counts = team_words.counts_of(dues)
        # What changes by month is of everybody, whatever is looked at.
        ahead = team.dues_of(self.records()) if self.asked.is_filtered else dues
        fine = [each for each in people if not each.is_late]
        return (
            team.waiting_of(self.user)
            | {
                "lede": team_words.lede(people),
                "standing": self.standing,
                "label": standing_label(self.standing),
                "choices": [self._choice(value, counts[value]) for value in team.READ],
                "scopes": self._scopes(),
                "query": self.query(self.standing, direct=self.direct),
                "note": self._note(),
                "asked": self.asked,
                "unfiltered": urlencode(self.asked.beside),
                "months": months_of(ahead, events),
                "fine": fine,
                "records": any(each.user_id is None for each in people),
                "named": fine[:MOST_NAMES],
                "more": len(fine[MOST_NAMES:]),
            }
            | self._page(counts[self.standing])
        )

    def _page(self, total: int) -> dict[str, Any]:
        paginator = Paginator(self.rows(), get_conf().page_size)
        paginator.count = total  # known from the figures: one query less
        page = paginator.get_page(self.request.GET.get("page"))
        return {"page": page, "lines": [(row, self.chip(row)) for row in page.object_list]}

    def _choice(self, standing: str, count: int) -> Choice:
        return Choice(
            value=standing,
            words=standing_label(standing),
            count=count,
            query=self.query(standing, direct=self.direct),
            is_current=standing == self.standing,
        )

    def _scopes(self) -> list[tuple[str, str, bool]]:
        words = {False: gettext("Everyone"), True: gettext("Direct reports only")}
        return [
            (label, self.query(self.standing, direct=direct), direct == self.direct)
            for direct, label in words.items()
        ]

    def _note(self) -> str:
        """Said where the address asks for something that there is not."""
        asked = self.request.GET
        unknown = asked.get("state", self.standing) not in team.READ
        unknown = unknown or asked.get("only", "") not in {"", "direct"}
        return gettext("This filter does not exist here, so it is left out.") if unknown else ""


class TeamFile(TeamMixin, FilePage):
    """The training that the page lists, as a file."""

    def file_name(self) -> str:
        """Of one standing."""
        return f"team-{self.standing}"

    def head(self) -> list[str]:
        """All that there is for whom nobody reports to."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("Training"),
            gettext("Initiative"),
            gettext("State"),
            gettext("Due on"),
            gettext("Working days late"),
            gettext("Note"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of it, not one page."""
        return map(self._line, in_order(self.rows()))

    def _line(self, row: Any) -> list[Any]:
        late = row.standing == Standing.LATE
        return [
            row.person.display_name,
            row.person.unit.name if row.person.unit else "",
            row.activity.title,
            row.plan.initiative.title,
            standing_label(row.standing),
            row.due_on,
            self.days_late(row) if late else "",
            time_note(is_extended=row.is_extended),
        ]


#: The next ones; nobody plans a talk around more.
ABSENCES = 3


class TeamPersonPage(PageMixin):
    """One person who reports to the caller: late, open and done, by when and why."""

    tab = "team"
    template_name = "change_tracker/team_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`person`, and `sections` of lines by standing; 404 for everybody else's people."""
        people: Any = Person.objects.visible_to(self.user)
        me = Person.objects.of_user(self.user).values("pk")[:1]
        reports = people.team_of(self.user).select_related("unit").annotate(me=Subquery(me))
        person = get_object_or_404(reports, pk=self.kwargs["pk"])
        records = TrainingRecord.objects.visible_to(self.user)
        work = work_of(person, records, self.today)
        lines = [
            (item, standing)
            for item in (*work.items, *work.done)
            if (standing := team_words.standing_of(item))
        ]
        absences: Any = Absence.objects.visible_to(self.user)
        return super().get_context_data(
            person=person,
            records=person.user_id is None,
            absences=absences.filter(person=person).not_over(self.today)[:ABSENCES],
            figures=team_words.figures_of([standing for _item, standing in lines]),
            sections=[self._section(each, lines) for each in team.READ],
            **kwargs,
        )

    def _late(self, item: Any) -> int:
        return self.calendar.between(item.due_on, self.today) if item.days_late else 0

    @cached_property
    def calendar(self) -> Calendar:
        """The days on which people work, read once."""
        return working_calendar()

    def _section(self, standing: str, lines: list[tuple[Any, str]]) -> dict[str, Any]:
        return {
            "standing": standing,
            "label": standing_label(standing),
            "lines": [
                (item, self._chip(standing, item), team_words.why_of(item))
                for item, its in lines
                if its == standing
            ],
        }

    def _chip(self, standing: str, item: Any) -> Any:
        opens = opens_after(item.opens_after) if item.is_locked else ""
        late = self._late(item)
        return team_words.chip_of(standing, item.due_on, self.today, late, opens=opens)
