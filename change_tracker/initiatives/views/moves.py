"""What may come next for an initiative, what is missing for it, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.meanings import meaning_of
from change_tracker.core.states import Facts, Guard, Move
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives import states
from change_tracker.initiatives.forms import MoveForm
from change_tracker.initiatives.models import Initiative, Role
from change_tracker.initiatives.points import WAYS_OUT
from change_tracker.initiatives.services import delete_initiative, move_initiative
from change_tracker.initiatives.states import INITIATIVE
from change_tracker.initiatives.views.base import SetUpFormPage

State = Initiative.State


@dataclass(frozen=True, slots=True)
class Saying:
    """What the button says, how a list of what is missing begins, and what is said afterwards."""

    words: str | Promise
    before: str | Promise
    done: str | Promise


#: By where a move begins and ends; nothing for wherever it begins.
SAYINGS: dict[tuple[str, str], Saying] = {
    (State.DRAFT, State.ACTIVE): Saying(
        _("Publish it"),
        _("Before it can start:"),
        _("“%(title)s” is published. The people in its groups can see it now."),
    ),
    (State.ON_HOLD, State.ACTIVE): Saying(
        _("Go on"), _("Before it can go on:"), _("“%(title)s” goes on.")
    ),
    ("", State.ON_HOLD): Saying(
        _("Put it on hold"), _("Before it can be put on hold:"), _("“%(title)s” is on hold.")
    ),
    (State.ACTIVE, State.SUSTAINING): Saying(
        _("Go-live is reached"),
        _("Before go-live counts as reached:"),
        _("“%(title)s” is live. Now it is about keeping it up."),
    ),
    (State.CLOSED, State.SUSTAINING): Saying(
        _("Open it again"), _("Before it can be opened again:"), _("“%(title)s” is open again.")
    ),
    ("", State.CLOSED): Saying(
        _("Close it"), _("Before it can be closed:"), _("“%(title)s” is closed.")
    ),
    ("", State.CANCELLED): Saying(
        _("Cancel the initiative"), _("Before it can be cancelled:"), _("“%(title)s” is cancelled.")
    ),
}
#: What the form of the move asks for is not said to be missing before it.
ASKED_IN_THE_FORM: dict[Guard, str] = {states.has_closing_note: "closing_note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move that the table has from here; `missing` are (words, address or nothing)."""

    to: str
    saying: Saying
    missing: Sequence[tuple[str | Promise, str]]
    asks: frozenset[str]

    @property
    def is_main(self) -> bool:
        """Whether it is the way on, not a break or an end."""
        return self.to not in {State.ON_HOLD, State.CANCELLED}

    @property
    def is_end(self) -> bool:
        """Whether it gives the initiative up, which no page suggests."""
        return self.to == State.CANCELLED


def steps_of(initiative: Any, *, actor: User, now: datetime) -> list[Step]:
    """What may come next, as the same guards say that the API asks; a query for each guard."""
    facts = Facts(actor=actor, now=now, reason="", changes={})
    return [
        _step(initiative, move, facts)
        for move in INITIATIVE.moves
        if move.source == initiative.state
    ]


def _step(initiative: Any, move: Move, facts: Facts) -> Step:
    obstacles = INITIATIVE.obstacles(initiative, to=move.target, facts=facts)
    asks = {ASKED_IN_THE_FORM[each] for each in move.guards if each in ASKED_IN_THE_FORM}
    from_here = (move.source, move.target)
    return Step(
        to=move.target,
        saying=SAYINGS[from_here if from_here in SAYINGS else ("", move.target)],
        missing=[
            (each.words, _where(each.guard, initiative))
            for each in obstacles
            if each.guard not in ASKED_IN_THE_FORM
        ],
        asks=frozenset(asks | ({"reason"} if move.needs_reason else set())),
    )


def _where(guard: Guard, initiative: Any) -> str:
    """Where one adds what a guard misses; nothing for those who may not, or where it is unknown."""
    if not initiative.may_change:
        return ""
    at = {
        states.has_sponsor: ("member-new", f"?role={Role.SPONSOR}"),
        states.has_lead: ("member-new", f"?role={Role.LEAD}"),
        states.has_objective: ("objective-new", ""),
        states.has_affected_group: ("group-new", ""),
        states.is_live: ("initiative-edit", ""),
    }
    ways = ((way.leads(guard), "") for way in WAYS_OUT)
    name, query = at.get(guard) or next((way for way in ways if way[0]), ("", ""))
    if not name:
        return ""
    return reverse(f"change_tracker:{name}", args=[initiative.slug]) + query


class MovePage(SetUpFormPage):
    """Look at what a move does, and do it. `?to=` says which."""

    form_class = MoveForm
    template_name = "change_tracker/setup/move.html"
    part = "state"

    @cached_property
    def step(self) -> Step | None:
        """The move that is asked for, if there is such a one from here."""
        steps = steps_of(self.changeable(), **self.by())
        return next((each for each in steps if each.to == self.request.GET.get("to")), None)

    @property
    def heading(self) -> str | Promise:  # type: ignore[override]  # it depends on the move
        """What the move is called."""
        return self.step.saying.words if self.step else ""

    @property
    def button(self) -> str | Promise:  # type: ignore[override]  # it depends on the move
        """The same words: a button says what it does."""
        return self.heading

    @property
    def is_final(self) -> bool:  # type: ignore[override]  # it depends on the move
        """Nothing leads back from giving it up."""
        return self.step is not None and self.step.is_end

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preview; what cannot happen, or not yet, leads back to the page that says why."""
        if self.step is None or self.step.missing:
            return redirect(self.back(self.part))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Move it."""
        if self.step is None:
            return redirect(self.back(self.part))
        return super().post(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """What the move asks for."""
        step = self.step
        asks = set(step.asks) if step else set()
        return {"asks": asks, "closing_note": self.initiative.closing_note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`step` and its `effects`."""
        effects: list[str | Promise] = []
        if self.step:
            means = meaning_of(State(self.step.to))
            effects = [means, *INITIATIVE.preview(self.initiative, to=self.step.to)]
        is_new = self.initiative.state == State.DRAFT
        return super().get_context_data(
            step=self.step,
            effects=effects,
            is_publishing=is_new and self.step is not None and self.step.to == State.ACTIVE,
            **kwargs,
        )

    def save(self, form: Any) -> str:
        """Move it, as far as its guards let it; what is not forever can be taken back at once."""
        source, to = self.initiative.state, self.step.to if self.step else ""
        done = self.step.saying.done if self.step else ""
        row = move_initiative(self.initiative, to=to, **self.by(), **form.cleaned_data)
        words = str(done) % {"title": row.title}
        leave_toast(self.request, words, self._undo(source, to))
        return self.back()

    def _undo(self, source: str, to: str) -> str:
        """The address whose POST takes the move back, where the table has a free way back."""
        ways = (move for move in INITIATIVE.moves if (move.source, move.target) == (to, source))
        free = any(not move.guards and not move.needs_reason for move in ways)
        here = reverse("change_tracker:move-initiative", args=[self.initiative.slug])
        return f"{here}?to={source}" if free else ""


class DeletePage(SetUpFormPage):
    """Delete a draft."""

    form_class = forms.Form
    template_name = "change_tracker/setup/delete.html"
    heading = _("Delete this draft?")
    button = _("Delete it")
    is_final = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What was published is not deleted: back to where it can be cancelled."""
        if self.changeable().state != State.DRAFT:
            return redirect(self.back("state"))
        return super().get(request, *args, **kwargs)

    def form_options(self) -> dict[str, Any]:
        """Nothing; for those who may."""
        self.changeable()
        return {}

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it with its people, objectives and groups."""
        title = self.initiative.title
        delete_initiative(self.initiative, **self.by())
        words = gettext("The draft “%(title)s” is deleted.") % {"title": title}
        return reverse("change_tracker:initiatives"), words
