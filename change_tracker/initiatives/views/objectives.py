"""What an initiative wants to reach: add, change, and delete in a draft."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.initiatives.forms import EditObjectiveForm, ObjectiveForm
from change_tracker.initiatives.models import Initiative, Objective
from change_tracker.initiatives.queries import objectives_for
from change_tracker.initiatives.services import add_objective, change_part, delete_part
from change_tracker.initiatives.views.base import PartPage, SetUpFormPage


class NewObjectivePage(SetUpFormPage):
    """Add a success criterion."""

    form_class = ObjectiveForm
    heading = _("Add an objective")
    button = _("Add it")
    part = "objectives"

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may add one."""
        rows = Objective.objects.visible_to(self.user)
        if not rows.may_create(self.user, {"initiative": self.initiative}):
            raise PermissionDenied
        return {}

    def save(self, form: Any) -> tuple[str, str]:
        """Add it."""
        added = add_objective(initiative=self.initiative, **self.by(), **form.cleaned_data)
        return self.back(self.part), gettext("“%(title)s” is added.") % {"title": added.title}


class ObjectivePage(PartPage):
    """A page about one objective that the caller may change."""

    part = "objectives"

    def rows(self) -> Any:
        """Objectives."""
        return objectives_for(self.user)


class EditObjectivePage(ObjectivePage):
    """Change what it says."""

    form_class = EditObjectiveForm
    heading = _("Change an objective")
    button = _("Save")
    shown = EditObjectiveForm.base_fields

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        change_part(self.row, expected_version=version, **self.by(), **changes)
        return self.back(self.part), words_after(
            self.row, version, gettext("The objective is changed.")
        )


class DeleteObjectivePage(ObjectivePage):
    """Delete it, while the initiative is a draft."""

    form_class = forms.Form
    heading = _("Delete this objective?")
    button = _("Delete it")
    is_final = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Of what was published nothing is deleted: back."""
        if self.row.initiative.state != Initiative.State.DRAFT:
            return redirect(self.back(self.part))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which one."""
        return super().get_context_data(lede=self.row.title, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        delete_part(self.row, **self.by())
        return self.back(self.part), gettext("The objective is deleted.")
