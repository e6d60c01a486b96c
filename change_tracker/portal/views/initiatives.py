"""The list of initiatives, as a page and as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked
from change_tracker.core.pages import PageMixin
from change_tracker.initiatives.models import Initiative
from change_tracker.progress.listing import Portfolio, asked_of
from change_tracker.progress.load import load_of
from change_tracker.progress.loadwords import collisions_of, freeze_words
from change_tracker.progress.portfolio import lines_of
from change_tracker.progress.queries import initiatives_with_progress_for


class InitiativesMixin(PageMixin):
    """Initiatives whose progress the caller may read, as asked for."""

    tab = "initiatives"

    @cached_property
    def asked(self) -> Asked:
        """Filters and order."""
        return asked_of(self.request.GET)

    def rows(self) -> Portfolio:
        """The initiatives that were asked for."""
        return Portfolio(self.user, self.asked, self.today)


class InitiativesPage(InitiativesMixin):
    """One line each: phase, verdict, who is late, what is open, what is next."""

    template_name = "change_tracker/initiatives.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page`, in `lines`; `has_any` tells a filter without hits from having none.

        `may_open` says whether the caller may begin one.
        """
        asked: Any = self.rows()
        page = Paginator(asked, get_conf().page_size).get_page(self.request.GET.get("page"))
        rows = list(page.object_list)
        load = load_of(self.user, self.today)
        has_any = bool(rows) or initiatives_with_progress_for(self.user).exists()
        return super().get_context_data(
            asked=self.asked,
            page=page,
            lines=lines_of(self.user, rows, self.today),
            has_any=has_any,
            load=load,
            collisions=collisions_of(load, self.today),
            may_open=Initiative.objects.visible_to(self.user).may_create(self.user, {}),
            query=self.asked.query(),
            **kwargs,
        )


class LoadFile(FilePage):
    """What initiatives ask of people, as a file: every unit, month and initiative."""

    def file_name(self) -> str:
        """Of all initiatives."""
        return "load"

    def head(self) -> list[Any]:
        """Where, when, by what, how much."""
        return [_("Unit"), _("Month"), _("Initiative"), _("Minutes"), _("Days kept free")]

    def lines(self) -> Iterator[list[Any]]:
        """The busiest unit first."""
        return (
            [unit.name, cell.first, title, minutes, freeze_words(cell, self.today)]
            for unit in load_of(self.user, self.today, most=None).units
            for cell in unit.cells
            for (_pk, title), minutes in sorted(cell.minutes.items())
        )


class InitiativesFile(InitiativesMixin, FilePage):
    """The same initiatives as the page lists, as a file."""

    def file_name(self) -> str:
        """Of all initiatives."""
        return "initiatives"

    def head(self) -> list[Any]:
        """As on the page."""
        return [
            _("Initiative"),
            _("Phase"),
            _("How it stands"),
            _("Where people are stuck"),
            _("Lead"),
            _("Sponsor"),
            _("People who are late"),
            _("Late actions"),
            _("Open resistance"),
            _("Strong resistance"),
            _("Next date"),
            _("What is next"),
            _("Go-live"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, without pages."""
        return (
            [
                line.initiative.title,
                str(line.initiative.get_state_display()),
                line.verdict,
                str(line.stuck.stage) if line.stuck else "",
                line.initiative.lead_name,
                line.initiative.sponsor_name,
                line.late_people,
                line.late_actions,
                line.open_resistance,
                None if line.open_resistance is None else line.severe,
                line.next_on,
                str(line.next_words),
                line.initiative.go_live_on,
            ]
            for line in lines_of(self.user, list(self.rows()), self.today)
        )
