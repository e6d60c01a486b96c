"""What is done with an entry of the register: it is reviewed, moved on, or deleted."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import lead_back
from change_tracker.core.meanings import moved_words
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.services import people_to_assign
from change_tracker.resistance.forms import MoveForm, ReviewForm
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.moves import moves_of
from change_tracker.resistance.queries import people_of
from change_tracker.resistance.services import register
from change_tracker.resistance.views.entries import EntryFormPage

State = ResistanceSource.State


class ReviewPage(EntryFormPage):
    """Judge its level."""

    form_class = ReviewForm
    heading = _("How strong is it today?")
    button = _("Add the review")

    def form_options(self) -> dict[str, Any]:
        """Today, unless said otherwise; for those who may review."""
        if not self.entry.may_review:
            raise PermissionDenied
        return {"initial": {"reviewed_on": self.today}}

    def save(self, form: Any) -> tuple[str, str]:
        """Add the review."""
        register.review_resistance(self.entry, **self.by(), **form.cleaned_data)
        return self.entry_url(), gettext("The review is added.")


class MovePage(EntryFormPage):
    """Move it on. `to` is in the address that leads here, and in what the form sends."""

    form_class = MoveForm
    button = _("Confirm")

    @cached_property
    def move(self) -> dict[str, Any] | None:
        """The move that is asked for, if the state table has it."""
        asked = self.request.POST.get("to") or self.request.GET.get("to", "")
        return next((each for each in moves_of(self.changeable()) if each["to"] == asked), None)

    @property
    def heading(self) -> str | Promise:  # type: ignore[override]  # it depends on the move
        """What the move is called."""
        return self.move["words"] if self.move else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a move that there is not, or no more, leads back to the entry."""
        return super().get(request, *args, **kwargs) if self.move else redirect(self.entry_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Move it; a move that there is not any more leads back, and says so."""
        if not self.move:
            return lead_back(request, self.entry_url())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the move does."""
        effects = [self.move["means"]] if self.move else []
        return super().get_context_data(effects=effects, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """Who may accept it, where that is asked."""
        move, entry = self.move, self.changeable()
        options = {"to": move["to"] if move else "", "needs_reason": bool(move and move["reason"])}
        if options["to"] == State.ACCEPTED:
            people = people_of(entry.initiative, people_to_assign(self.user))
            options |= {"approvers": people.exclude(pk=entry.owner_id)}
            options |= {"review_on": entry.review_on}
        return options

    def save(self, form: Any) -> tuple[str, str]:
        """Move it, as far as its guards let it."""
        register.move_resistance(self.entry, **self.by(), **form.cleaned_data)
        return self.entry_url(), moved_words(State(self.entry.state))


class DeleteEntryPage(EntryFormPage):
    """Delete what nobody has worked on, such as what is there twice; the page asks once more."""

    form_class = Form
    heading = _("Delete this entry?")
    button = _("Delete it")
    is_final = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question; what is kept leads back, and says why."""
        try:
            register.require_untouched(self.changeable())
        except ChangeTrackerError as kept:
            leave_toast(request, str(kept))
            return redirect(self.entry_url())
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may."""
        self.changeable()
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What it does."""
        effects = [
            _("Nobody has worked on it, so it can be deleted. The log keeps that it was there."),
            _(
                "If people did say so and you will not work on it, dismiss it instead: then it "
                "stays, with your reason."
            ),
        ]
        return super().get_context_data(effects=effects, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        register.delete_resistance(self.entry, **self.by())
        back = reverse("change_tracker:register", args=[self.kwargs["slug"]])
        return back, gettext("The entry is deleted.")
