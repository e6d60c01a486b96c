"""Changing, deleting and carrying over an action."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.mitigation.forms import CarryForm, DeleteForm, EditActionForm
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.mitigation.queries import initiatives_to_plan_in, sources_to_answer
from change_tracker.mitigation.services import carry_over, change_action, delete_action
from change_tracker.mitigation.views.kinds import after_planning
from change_tracker.mitigation.views.one import ActionFormPage
from change_tracker.mitigation.views.planning import choices_of_action

WRITTEN = (
    "title",
    "kind",
    "description",
    "strategy",
    "owner",
    "due_on",
    "minutes",
    "outcome",
    "version",
)


class EditActionPage(ActionFormPage):
    """Change what is planned, and say what came of it."""

    form_class = EditActionForm
    heading = _("Change an action")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """Choices, and what is written now."""
        action = self.changeable()
        initial = {name: getattr(action, name) for name in WRITTEN}
        initial |= {"sources": action.sources.all(), "audiences": action.audiences.all()}
        choices = choices_of_action(self, action.initiative, action)
        answerable = sources_to_answer(
            self.user, action.initiative, also=action.sources.values("pk")
        )
        return choices | {"sources": answerable, "initial": initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected_version = changes.pop("version")
        kind = self.action.kind
        changed = change_action(
            self.action, expected_version=expected_version, **self.by(), **changes
        )
        is_other = changed.kind != kind
        url = after_planning(changed, self.action_url()) if is_other else self.action_url()
        return url, words_after(changed, expected_version, gettext("The action is changed."))


class DeleteActionPage(ActionFormPage):
    """Delete what has not begun; the page asks once more."""

    form_class = DeleteForm
    template_name = "change_tracker/actions/delete.html"
    heading = _("Delete this action?")
    button = _("Delete it")
    is_final = True

    def form_options(self) -> dict[str, Any]:
        """For those who may delete it."""
        if not self.action.may_delete:
            raise PermissionDenied
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question; what has begun is cancelled instead."""
        self.form_options()
        if self.action.state != MitigationAction.State.PLANNED:
            return redirect(self.action_url())
        return super().get(request, *args, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        action = self.action
        words = gettext("“%(action)s” is deleted.") % {"action": action.title}
        delete_action(action, **self.by())
        return reverse("change_tracker:actions", args=[action.initiative.slug]), words


class CarryOverPage(ActionFormPage):
    """Go on in another initiative that the caller leads; `?to=` says in which."""

    form_class = CarryForm
    template_name = "change_tracker/actions/carry.html"
    heading = _("Carry it over to another initiative")
    button = _("Carry it over")

    @cached_property
    def targets(self) -> list[Any]:
        """Where the caller may plan work."""
        rows = initiatives_to_plan_in(self.user)
        return list(rows.exclude(pk=self.changeable().initiative_id))

    @cached_property
    def target(self) -> Any:
        """The one that is asked for, or the only one there is."""
        if len(self.targets) == 1:
            return self.targets[0]
        asked = self.request.GET.get("to", "")
        return next((each for each in self.targets if each.slug == asked), None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, of work that has not ended."""
        if self.changeable().state not in OPEN_STATES:
            return redirect(self.action_url())
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """The open entries of the register there."""
        self.changeable()
        target = self.target
        return {"sources": sources_to_answer(self.user, target)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where it can go on, and whether anything is heard there."""
        context = {"targets": self.targets, "target": self.target}
        return super().get_context_data(**context | kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Plan it there, cancel it here."""
        carried = carry_over(self.action, sources=form.cleaned_data["sources"], **self.by())
        words = gettext("It goes on in “%(initiative)s”.") % {"initiative": carried.initiative}
        return reverse("change_tracker:action", args=[carried.initiative.slug, carried.pk]), words
