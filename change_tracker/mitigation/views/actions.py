"""The actions of one initiative: the list, and the same as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.core.chips import due_chip
from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked
from change_tracker.core.pages import the_one_or_404
from change_tracker.core.tables.batches import in_order
from change_tracker.mitigation.asked import asked_of, select_asked
from change_tracker.mitigation.hill import hill_words
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.mitigation.queries import (
    actions_for,
    initiative_with_actions,
    owners_in,
    tally_of,
    with_answered,
)
from change_tracker.resistance.views.register import RegisterBase


class ActionsMixin(RegisterBase):
    """A page about the actions of one initiative."""

    @cached_property
    def initiative(self) -> Any:
        """The initiative, for those who work in it and HR; else 404. With `reads_register`."""
        return the_one_or_404(initiative_with_actions(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def may_add(self) -> bool:
        """Whether the caller may plan work here."""
        rows = MitigationAction.objects.visible_to(self.user)
        return rows.may_create(self.user, {"initiative": self.initiative})

    @cached_property
    def asked(self) -> Asked:
        """Filters and order."""
        return asked_of(self.request.GET, owners_in(self.user, self.initiative))

    def rows(self) -> Any:
        """The actions that were asked for, with what they answer where that may be read."""
        rows = actions_for(self.user).filter(initiative=self.initiative)
        asked = select_asked(self.asked, rows, self.today)
        return with_answered(asked, self.user) if self.initiative.reads_register else asked


class ActionsPage(ActionsMixin):
    """What is done, by whom, until when, and how far it is."""

    template_name = "change_tracker/actions/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`tally` of all, and one `page` of `lines` as asked for."""
        asked = self.asked
        tally = tally_of(self.user, self.initiative, self.today)
        page = Paginator(self.rows(), get_conf().page_size).get_page(self.request.GET.get("page"))
        lines = [
            {
                "action": row,
                "hill": hill_words(row.position),
                "chip": due_chip(row.due_on, self.today) if row.state in OPEN_STATES else None,
            }
            for row in page
        ]
        return super().get_context_data(
            initiative=self.initiative,
            may_add=self.may_add and not self.initiative.has_ended,
            tally=tally,
            asked=asked,
            page=page,
            lines=lines,
            query=asked.query(),
            **kwargs,
        )


class ActionsFile(ActionsMixin, FilePage):
    """The same actions as the page lists, as a file."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-actions"

    def head(self) -> list[Any]:
        """With what they answer, for those who may read it."""
        answers = self.initiative.reads_register
        return [
            pgettext_lazy("against resistance", "Action"),
            _("Kind"),
            _("State"),
            _("Owner"),
            _("Due on"),
            _("On the hill"),
            _("Position, 0 to 100"),
            _("Minutes of each person"),
            _("Groups"),
            _("Done on"),
            _("Outcome"),
            *([_("What it answers")] if answers else []),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, without pages."""
        answers = self.initiative.reads_register
        return (
            [
                row.title,
                str(row.get_kind_display()),
                str(row.get_state_display()),
                row.owner.display_name if row.owner else "",
                row.due_on,
                str(hill_words(row.position)),
                row.position,
                row.minutes,
                "; ".join(each.name for each in row.audiences.all()),
                row.done_on,
                row.outcome,
                *(["; ".join(each.statement for each in row.answered)] if answers else []),
            ]
            for row in in_order(self.rows().prefetch_related("audiences"))
        )
