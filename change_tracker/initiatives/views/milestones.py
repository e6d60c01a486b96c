"""Dates on the way: add, change, delete, and say that they are reached."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.milestoneforms import (
    EditMilestoneForm,
    MilestoneForm,
    ReachForm,
)
from change_tracker.initiatives.models import Milestone
from change_tracker.initiatives.queries import milestones_for
from change_tracker.initiatives.services import (
    add_milestone,
    change_milestone,
    delete_milestone,
)
from change_tracker.initiatives.views.base import PartPage, SetUpFormPage


class NewMilestonePage(SetUpFormPage):
    """Set a date on the way."""

    form_class = MilestoneForm
    heading = _("Add a milestone")
    button = _("Add it")
    part = "milestones"

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may add one."""
        rows = Milestone.objects.visible_to(self.user)
        if not rows.may_create(self.user, {"initiative": self.initiative}):
            raise PermissionDenied
        return {}

    def save(self, form: Any) -> tuple[str, str]:
        """Add it."""
        added = add_milestone(initiative=self.initiative, **self.by(), **form.cleaned_data)
        return self.back(self.part), gettext("“%(title)s” is added.") % {"title": added.title}


class MilestonePage(PartPage):
    """A page about one milestone that the caller may change."""

    part = "milestones"

    def rows(self) -> Any:
        """Milestones."""
        return milestones_for(self.user)


class EditMilestonePage(MilestonePage):
    """Change what it says."""

    form_class = EditMilestoneForm
    heading = _("Change a milestone")
    button = _("Save")
    shown = EditMilestoneForm.base_fields

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        change_milestone(self.row, expected_version=version, **self.by(), **changes)
        return self.back(self.part), words_after(
            self.row, version, gettext("The milestone is changed.")
        )


class ReachMilestonePage(MilestonePage):
    """Say that it is reached, and what there is to celebrate; or put right what was said of it."""

    form_class = ReachForm
    template_name = "change_tracker/setup/reach.html"

    @property
    def button(self) -> str | Promise:  # type: ignore[override]  # it depends on the milestone
        """What it does."""
        return _("Save") if self.row.reached_on else _("Celebrate it")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the milestone
        """Which one."""
        return gettext("“%(title)s” is reached") % {"title": self.row.title}

    def form_options(self) -> dict[str, Any]:
        """Today, or what was said of it."""
        row = self.row
        return {
            "initial": {
                "reached_on": row.reached_on or self.today,
                "words": row.words,
                "version": row.version,
            }
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `milestone`."""
        return super().get_context_data(milestone=self.row, **kwargs)

    def save(self, form: Any) -> str | tuple[str, str]:
        """Record it; the toast takes it back."""
        changes = dict(form.cleaned_data)
        version, was_reached = changes.pop("version"), self.row.reached_on is not None
        change_milestone(self.row, expected_version=version, **self.by(), **changes)
        if was_reached:
            words = gettext("The milestone is changed.")
            return self.back(self.part), words_after(self.row, version, words)
        slug = self.initiative.slug
        undo = reverse("change_tracker:milestone-not-reached", args=[slug, self.row.pk])
        leave_toast(self.request, self._reached_words(), undo)
        return reverse("change_tracker:initiative", args=[slug])

    def _reached_words(self) -> str:
        said = {"title": self.row.title}
        if self.row.is_celebrated(self.today):
            words = gettext("“%(title)s” is celebrated on the overview and on the page about it.")
            return words % said
        return gettext("“%(title)s” is reached. It is too long ago to be celebrated.") % said


class MilestoneNotReached(MilestonePage):
    """The way back: it is not reached after all."""

    form_class = forms.Form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing to see."""
        self.row  # noqa: B018  refuses whoever may not
        return redirect(self.back(self.part))

    def save(self, form: Any) -> tuple[str, str]:
        """Take it back; its words stay for the day on which it is."""
        change_milestone(self.row, reached_on=None, **self.by())
        words = gettext("“%(title)s” is not reached yet.") % {"title": self.row.title}
        return self.back(self.part), words


class DeleteMilestonePage(MilestonePage):
    """Delete a date that falls away."""

    form_class = forms.Form
    heading = _("Delete this milestone?")
    button = _("Delete it")
    is_final = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which one."""
        return super().get_context_data(lede=self.row.title, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it, unless it was reached."""
        delete_milestone(self.row, **self.by())
        return self.back(self.part), gettext("The milestone is deleted.")
