"""Calling off what is still open, together, with a look at it before anything happens."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.callingoff import call_off, effects_of_calling_off
from change_tracker.mitigation.calloffform import CallOffForm
from change_tracker.mitigation.models import MitigationAction
from change_tracker.mitigation.views.actions import ActionsMixin


class CallOffPage(FormPage, ActionsMixin):
    """Choose among the open actions, all of them at first; look; then they are cancelled."""

    form_class = CallOffForm
    template_name = "change_tracker/actions/call_off.html"
    heading = _("Call off what is still open")
    button = _("See what this does")

    def form_options(self) -> dict[str, Any]:
        """The open actions, what is due first first, for those who lead the initiative."""
        if not self.may_add:
            raise PermissionDenied
        rows: Any = MitigationAction.objects.open().visible_to(self.user)
        rows = rows.filter(initiative=self.initiative)
        return {"actions": rows.order_by(F("due_on").asc(nulls_last=True), "pk")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where nothing is open, there is nothing to choose; the list is the way back."""
        context = {
            "initiative": self.initiative,
            "back": reverse("change_tracker:actions", args=[self.initiative.slug]),
        }
        page = super().get_context_data(**context | kwargs)
        return page | {"has_choice": bool(list(page["form"].fields["chosen"].choices))}

    def save(self, form: Any) -> HttpResponse | tuple[str, str]:
        """Show what it does; where that was looked at, do it."""
        chosen = [each.pk for each in form.cleaned_data["chosen"]]
        if not form.cleaned_data["looked"]:
            return self.look(form, chosen)
        ended = call_off(self.initiative, chosen, reason=form.cleaned_data["reason"], **self.by())
        words = ngettext(
            "%(number)s action is called off.", "%(number)s actions are called off.", len(ended)
        )
        return self.on_from_here(), words % {"number": len(ended)}

    def look(self, form: Any, chosen: list[int]) -> HttpResponse:
        """What was chosen and what that does, with a button that does it."""
        for name in form.fields:
            form.fields[name].widget = form.fields[name].hidden_widget()
        form.data = form.data.copy()
        form.data["looked"] = "1"
        context = self.get_context_data(
            form=form,
            chosen=form.cleaned_data["chosen"],
            reason=form.cleaned_data["reason"],
            effects=effects_of_calling_off(self.initiative, chosen),
        )
        heading = _("Check before these actions are called off")
        return self.render_to_response(context | {"heading": heading})

    def again(self, form: Any, status: int) -> HttpResponse:
        """What comes again is another choice: nobody has looked yet at what that one does."""
        form.fields.pop("looked")
        return super().again(form, status)

    def on_from_here(self) -> str:
        """To where it can be closed, if that was what they stood in the way of."""
        if self.initiative.state != Initiative.State.SUSTAINING:
            return reverse("change_tracker:actions", args=[self.initiative.slug])
        setup = reverse("change_tracker:initiative-setup", args=[self.initiative.slug])
        return f"{setup}#ct-state"
