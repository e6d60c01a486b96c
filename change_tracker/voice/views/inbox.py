"""What the change team hears about its initiative: the list, and the same as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.tables.batches import in_order
from change_tracker.voice.asked import asked_of, select_asked
from change_tracker.voice.chips import chip_of
from change_tracker.voice.queries import answers_for, inbox_of, initiative_that_hears, tally_of


class InboxMixin(PageMixin):
    """A page of the change team about what it hears."""

    tab = "initiatives"

    @cached_property
    def initiative(self) -> Any:
        """The initiative, for its change team; else 404."""
        return the_one_or_404(initiative_that_hears(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def asked(self) -> Asked:
        """Filters and order."""
        return asked_of(self.request.GET)

    def rows(self) -> Any:
        """What was asked for."""
        return select_asked(self.asked, inbox_of(self.user, self.initiative), self.today)

    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.user, "now": timezone.now()}


class InboxPage(InboxMixin):
    """What people say, what waits, and what the team told everybody about it."""

    template_name = "change_tracker/voice/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`tally` of all, one `page` of `lines` as asked for, and the published `answers`."""
        asked = self.asked
        tally = tally_of(self.user, self.initiative, self.today)
        page = Paginator(self.rows(), get_conf().page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            initiative=self.initiative,
            tally=tally,
            asked=asked,
            page=page,
            lines=[{"item": row, "chip": chip_of(row, self.today)} for row in page],
            query=asked.query(),
            answers=answers_for(self.user, self.initiative),
            days=get_conf().answer_working_days,
            **kwargs,
        )


class InboxFile(InboxMixin, FilePage):
    """The same as the page lists, as a file."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-concerns"

    def head(self) -> list[Any]:
        """With names: it is for the change team, as the page is."""
        return [
            _("Kind"),
            _("In their own words"),
            _("Name"),
            _("Unit"),
            _("About the activity"),
            _("Sent on"),
            _("Answer promised by"),
            _("State"),
            _("Answered on"),
            _("What becomes of it"),
            pgettext_lazy("against resistance", "Action"),
            _("Resistance"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, without pages."""
        return (
            [
                str(row.get_kind_display()),
                row.text,
                row.raised_by.display_name,
                row.raised_by.unit.name if row.raised_by.unit else "",
                row.activity.title if row.activity else "",
                row.raised_on,
                row.promised_on,
                str(row.get_state_display()),
                row.answered_on,
                str(row.get_disposition_display()),
                row.action.title if row.action else "",
                row.source.statement if row.source else "",
            ]
            for row in in_order(self.rows())
        )
