"""The register of one initiative as a whole."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from change_tracker.core.conf import get_conf
from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.writing import csv_answer
from change_tracker.initiatives.models import Initiative
from change_tracker.resistance.heat import heat_of, verdict_of
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import Level
from change_tracker.resistance.points import Work
from change_tracker.resistance.queries import (
    Asked,
    Known,
    entries_for,
    known_entries,
    read_asked,
    registers_for,
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
    def initiative(self) -> Initiative:
        """The initiative, for those who may read its register; else 404."""
        return get_object_or_404(registers_for(self.user), slug=self.kwargs["slug"])

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
        return read_asked(self.request.GET, self.known)

    def rows(self) -> Any:
        """The entries that were asked for."""
        return self.asked.select(entries_for(self.user).filter(initiative=self.initiative))

    def work(self) -> dict[int, list[Work]]:
        """What is done, by entry."""
        rows = ResistanceSource.objects.visible_to(self.user)
        return work_on(self.user, rows.filter(initiative=self.initiative))


class RegisterPage(RegisterMixin):
    """How strong it is and where, and the entries."""

    template_name = "change_tracker/register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`heat`, `verdict`, and one `page` of entries as asked for."""
        known, asked, work = self.known, self.asked, self.work()
        is_open = [each for each in known if each.is_open]
        answered = {pk for pk, some in work.items() if any(each.is_open for each in some)}
        page = Paginator(self.rows(), get_conf().page_size).get_page(self.request.GET.get("page"))
        brief = {each.pk: each for each in known}
        lines = [line_of(row, brief[row.pk], work.get(row.pk, []), self.today) for row in page]
        return super().get_context_data(
            initiative=self.initiative,
            may_add=self.may_add,
            verdict=verdict_of(known, sum(each.pk not in answered for each in is_open)),
            heat=heat_of(known),
            levels=Level.choices,
            asked=asked,
            page=page,
            lines=lines,
            total=len(is_open if asked.values["state"] == "open" else known),
            known=known,
            sorts={name: asked.query(sort=name) for name in ("level", "review", "kind")},
            chips=[(each, asked.query(**{each.name: ""})) for each in asked.filters if each.is_on],
            query=asked.query(),
            **kwargs,
        )


class RegisterCsv(RegisterMixin):
    """The same entries as the page lists, as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """All of them, without pages."""
        brief, work = {each.pk: each for each in self.known}, self.work()
        head = [
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
        lines = (
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
            for row in self.rows()
        )
        return csv_answer(f"{self.initiative.slug}-resistance", head, lines)
