"""What the pages about an initiative share: which one, and whether the caller may change it."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.initiatives.queries import set_up_of


class InitiativePage(PageMixin):
    """A page of one initiative for those who read its inside; 404 for all others."""

    tab = "initiatives"

    @cached_property
    def initiative(self) -> Any:
        """The initiative in the address, with what its head shows and `may_change`."""
        return the_one_or_404(set_up_of(self.user, slug=self.kwargs["slug"]))

    @property
    def may_change(self) -> bool:
        """Whether the caller may change it."""
        return bool(self.initiative.may_change)

    def changeable(self) -> Any:
        """The initiative, for those who may change it; others are refused."""
        if not self.may_change:
            raise PermissionDenied
        return self.initiative

    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.user, "now": timezone.now()}

    def back(self, part: str = "") -> str:
        """The set-up page; `part` is the section of it."""
        url = reverse("change_tracker:initiative-setup", args=[self.kwargs["slug"]])
        return f"{url}#ct-{part}" if part else url

    def groups_url(self) -> str:
        """Where its groups are listed: a draft has them in its second step."""
        if self.initiative.is_draft:
            return reverse("change_tracker:initiative-new-groups", args=[self.initiative.slug])
        return self.back("groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`initiative`, and whether the caller `may_change` it."""
        kwargs.setdefault("initiative", self.initiative)
        return super().get_context_data(may_change=self.may_change, **kwargs)


class SetUpFormPage(FormPage, InitiativePage):
    """A form that leads back to the set-up page."""

    template_name = "change_tracker/setup/form.html"
    #: The section of the set-up page that it belongs to.
    part = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        return super().get_context_data(back=self.back(self.part), **kwargs)


class PartPage(SetUpFormPage):
    """A form about one row of an initiative."""

    #: The columns of the row that the form shows.
    shown: Iterable[str] = ()

    def rows(self) -> Any:
        """Hook: the rows that the caller may read, with `may_change`."""
        raise NotImplementedError

    @cached_property
    def row(self) -> Any:
        """The row, for those who may change it: 404 where the inside is not for them, 403 where
        it is not theirs to change.
        """
        rows = self.rows().filter(initiative=self.initiative)
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not row.may_change:
            raise PermissionDenied
        return row

    def form_options(self) -> dict[str, Any]:
        """What it says now, for those who may change it."""
        return {"initial": {name: getattr(self.row, name) for name in ["pk", *self.shown]}}
