"""The register of one initiative as a whole."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage
from change_tracker.core.lists import Asked
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.tables.batches import in_order
from change_tracker.resistance.heat import heat_of, shared_by, verdict_of
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import Level
from change_tracker.resistance.points import Work
from change_tracker.resistance.queries import (
    Known,
    asked_of,
    entries_for,
    known_entries,
    register_of,
    select_asked,
    work_on,
)


def line_of(row: Any, known: Known, work: list[Work], today: date) -> dict[str, Any]:
    """One entry of the table: at most two actions are named, the others are counted."""
    is_open = [each for each in work if each.is_open]
    return {
        "entry": row,
        "known": known,
        "work": is_open[:2],
        "more": len(is_open[2:]),
        "was_answered": any(each.answers for each in work),
        "is_due": known.is_open and row.review_on is not None and row.review_on <= today,
    }


class RegisterBase(PageMixin):
    """What the pages of the register share."""

    tab = "initiatives"

    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.user, "now": timezone.now()}


class RegisterMixin(RegisterBase):
    """A page of the register of one initiative."""

    @cached_property
    def initiative(self) -> Any:
        """The initiative, for those who may read its register; else 404."""
        return the_one_or_404(register_of(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def may_add(self) -> bool:
        """Whether the caller may add what they hear."""
        rows = ResistanceSource.objects.visible_to(self.user)
        return rows.may_create(self.user, {"initiative": self.initiative})

    @cached_property
    def known(self) -> list[Known]:
        """Every entry, in brief."""
        return known_entries(self.user, self.initiative)

    @cached_property
    def asked(self) -> Asked:
        """Filters and order."""
        return asked_of(self.request.GET, self.known)

    def rows(self) -> Any:
        """The entries that were asked for."""
        entries = entries_for(self.user).filter(initiative=self.initiative)
        answered = [pk for pk, some in self.work.items() if any(each.answers for each in some)]
        return select_asked(self.asked, entries, answered)

    @cached_property
    def work(self) -> dict[int, list[Work]]:
        """What is done, by entry."""
        rows = ResistanceSource.objects.visible_to(self.user)
        return work_on(self.user, rows.filter(initiative=self.initiative))


class RegisterPage(RegisterMixin):
    """How strong it is and where, and the entries."""

    template_name = "change_tracker/register.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a wider type
        """The page; `?on=` leads to the page of the initiative as it was, with its register."""
        if asked := request.GET.get("on"):
            url = reverse("change_tracker:initiative", args=[self.initiative.slug])
            return redirect(f"{url}?{urlencode({'on': asked})}#ct-entries")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`heat`, `verdict`, and one `page` of entries as asked for."""
        known, asked, work = self.known, self.asked, self.work
        is_open = [each for each in known if each.is_open]
        answered = {pk for pk, some in work.items() if any(each.is_open for each in some)}
        # On paper nobody turns to the next page of a list.
        size = max(len(known), 1) if "all" in self.request.GET else get_conf().page_size
        page = Paginator(self.rows(), size).get_page(self.request.GET.get("page"))
        brief = {each.pk: each for each in known}
        # What somebody adds in this moment is read the next time.
        lines = [
            line_of(row, brief[row.pk], work.get(row.pk, []), self.today)
            for row in page
            if row.pk in brief
        ]
        return super().get_context_data(
            initiative=self.initiative,
            may_add=self.may_add and not self.initiative.has_ended,
            verdict=verdict_of(
                known, sum(each.asks_for_work and each.pk not in answered for each in known)
            ),
            heat=heat_of(known),
            shared=shared_by(known),
            levels=Level.choices,
            asked=asked,
            page=page,
            lines=lines,
            total=len(is_open if asked.values["state"] == "open" else known),
            known=known,
            query=asked.query(),
            **kwargs,
        )


class RegisterFile(RegisterMixin, FilePage):
    """The same entries as the page lists, as a file."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-resistance"

    def head(self) -> list[Any]:
        """As on the page, and what was before."""
        return [
            _("What we hear"),
            _("Kind"),
            _("Category"),
            _("Groups"),
            _("State"),
            _("Level"),
            _("Level before"),
            _("Target level"),
            _("Owner"),
            _("Look again on"),
            _("Actions"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of them, without pages."""
        brief, work = {each.pk: each for each in self.known}, self.work
        return (
            [
                row.statement,
                row.type.label,
                row.type.category.label,
                "; ".join(brief[row.pk].groups.values()),
                str(row.get_state_display()),
                row.latest_level,
                row.previous_level,
                row.target_level,
                row.owner.display_name if row.owner else "",
                row.review_on,
                "; ".join(each.title for each in work.get(row.pk, [])),
            ]
            for row in in_order(self.rows())
            # A file takes its time: what somebody adds meanwhile is in the next one.
            if row.pk in brief
        )
