"""Moving an action: over the hill, and from state to state."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import lead_back, words_after
from change_tracker.core.meanings import moved_words
from change_tracker.core.toasts import leave_toast
from change_tracker.mitigation.blocks import Block, block_of
from change_tracker.mitigation.forms import AnswerForm, DoneOnForm, HillForm, MoveActionForm
from change_tracker.mitigation.hill import hill_words
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.mitigation.moves import NextMove, moves_of, question_of
from change_tracker.mitigation.queries import answers_of
from change_tracker.mitigation.services import (
    answer_block,
    correct_done_on,
    move_action,
    place_action,
)
from change_tracker.mitigation.views.one import ActionFormPage

State = MitigationAction.State


class AnswerPage(ActionFormPage):
    """A sponsor answers to what blocks an action."""

    form_class = AnswerForm
    template_name = "change_tracker/actions/answer.html"
    heading = _("Answer what blocks it")
    button = _("Send the answer")

    @cached_property
    def blocked(self) -> Block | None:
        """What there is to answer, for the sponsor; others are refused."""
        if not self.action.may_answer:
            raise PermissionDenied
        return block_of(self.action)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; where nothing is blocked, or no more, back to the action."""
        return (
            super().get(request, *args, **kwargs) if self.blocked else redirect(self.action_url())
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer it."""
        if not self.blocked:
            return lead_back(request, self.action_url())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What blocks it."""
        return super().get_context_data(blocked=self.blocked, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Keep the answer."""
        answer_block(self.action, text=form.cleaned_data["text"], **self.by())
        return self.action_url(), gettext("Your answer stands beside the action.")


class HillPage(ActionFormPage):
    """Say how far it is. The toast of it takes it back, by an address that says where to."""

    form_class = HillForm
    template_name = "change_tracker/actions/hill_page.html"
    heading = _("How far is it?")
    button = _("Move it")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, of work that has not ended."""
        if self.changeable().state not in OPEN_STATES:
            return redirect(self.action_url())
        return super().get(request, *args, **kwargs)

    def get_form(self, data: Any = None) -> Any:
        """With what was sent, be it in the address."""
        if data is not None and "position" not in data:
            data = self.request.GET
        return super().get_form(data)

    def form_options(self) -> dict[str, Any]:
        """Where it stands."""
        action = self.changeable()
        return {"initial": {"position": action.position, "version": action.version}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The hill with its dot."""
        return super().get_context_data(**self.hill() | kwargs)

    def save(self, form: Any) -> str:
        """Put it there, if nobody was quicker."""
        before, sent = self.action.position, form.cleaned_data
        placed = place_action(
            self.action,
            position=sent["position"],
            expected_version=sent["version"],
            **self.by(),
        )
        back = urlencode({"position": before, "version": placed.version})
        words = gettext("On the hill: %(words)s") % {"words": hill_words(placed.position)}
        leave_toast(self.request, words, f"{self.action_url('action-hill')}?{back}")
        return self.action_url()


class DoneOnPage(ActionFormPage):
    """Say that it was done on another day than the one on which it was reported."""

    form_class = DoneOnForm
    heading = _("When was it done?")
    button = _("Save")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, of work that is done and not judged."""
        if self.changeable().state != State.DONE:
            return redirect(self.action_url())
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """The day that is known."""
        action = self.changeable()
        return {"initial": {"done_on": action.done_on, "version": action.version}}

    def save(self, form: Any) -> tuple[str, str]:
        """Keep the day, if nobody was quicker."""
        sent = form.cleaned_data
        changed = correct_done_on(
            self.action, done_on=sent["done_on"], expected_version=sent["version"], **self.by()
        )
        words = gettext("The day on which it was done is changed.")
        return self.action_url(), words_after(changed, sent["version"], words)


class MoveActionPage(ActionFormPage):
    """Move it on. `to` is in the address that leads here, and in what the form sends."""

    form_class = MoveActionForm
    button = _("Confirm")

    @cached_property
    def move(self) -> NextMove | None:
        """The move that is asked for, if the state table has it."""
        asked = self.request.POST.get("to") or self.request.GET.get("to", "")
        return next((each for each in moves_of(self.changeable()) if each.to == asked), None)

    @property
    def heading(self) -> str | Promise:  # type: ignore[override]  # it depends on the move
        """What the move is called."""
        return self.move.words if self.move else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a move that there is not, or no more, leads back to the action."""
        return super().get(request, *args, **kwargs) if self.move else redirect(self.action_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Move it; a move that there is not any more leads back, and says so."""
        if not self.move:
            return lead_back(request, self.action_url())
        return super().post(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """What this move asks for."""
        move = self.move
        return {
            "to": move.to if move else "",
            "needs_reason": bool(move and move.needs_reason),
            "asks_outcome": bool(move and move.asks_outcome),
            "outcome": self.action.outcome,
            "version": self.action.version,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the move does; where no review tells whether it worked, what to review instead."""
        question = question_of(self.action, self.today) if self.move else ""
        context: dict[str, Any] = {"effects": [self.move.means] if self.move else []}
        if question in {"review", "tomorrow"}:
            context = {"question": question, "answered": answers_of(self.user, self.action)}
        return super().get_context_data(**context | kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        """Move it, as far as its guards let it."""
        moved = move_action(self.action, **self.by(), **form.cleaned_data)
        if moved.state == State.DONE:
            return self.action_url(), gettext("It is done. What is left to know: did it work?")
        return self.action_url(), moved_words(State(moved.state))
