"""One action on its page: what, why, how far, what happened, and what may come next."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from change_tracker.core.chips import due_chip
from change_tracker.core.formpages import FormPage
from change_tracker.core.meanings import meaning_of
from change_tracker.core.neighbours import nearest_of
from change_tracker.core.pages import the_one_or_404
from change_tracker.mitigation.blocks import block_of
from change_tracker.mitigation.forms import HillForm
from change_tracker.mitigation.hill import HILL, dot_of, hill_words
from change_tracker.mitigation.history import history_of
from change_tracker.mitigation.models import JUDGED_STATES, OPEN_STATES
from change_tracker.mitigation.moves import moves_of, question_of
from change_tracker.mitigation.ownfacts import own_facts
from change_tracker.mitigation.ownforms import OWN_FORMS
from change_tracker.mitigation.queries import (
    action_for,
    actions_for,
    answers_of,
    initiatives_to_plan_in,
)
from change_tracker.resistance.views.register import RegisterBase


class OneMixin(RegisterBase):
    """A page about one action."""

    @cached_property
    def action(self) -> Any:
        """The action, in the form that the caller reads; else 404."""
        slug, pk = self.kwargs["slug"], self.kwargs["pk"]
        return the_one_or_404(action_for(self.user, slug=slug, pk=pk))

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on who asks
        """People whom it merely touches have no other page of an initiative."""
        return "initiatives" if self.action.is_within else "my-training"

    def changeable(self) -> Any:
        """The action, for those who may change it; others are refused."""
        if not self.action.may_change:
            raise PermissionDenied
        return self.action

    def action_url(self, verb: str = "action") -> str:
        """The page of the action, or of what can be done with it."""
        return reverse(f"change_tracker:{verb}", args=self.kwargs.values())

    def hill(self) -> dict[str, Any]:
        """What the hill of this action needs: its dot, and the words."""
        action = self.action
        return {
            "dots": [dot_of(action, self.today)] if action.state in OPEN_STATES else [],
            "hill_words": hill_words(action.position),
            "hill_steps": HILL,
        }


class ActionFormPage(FormPage, OneMixin):
    """A form about one action."""

    template_name = "change_tracker/actions/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The action is the way back."""
        context = {
            "action": self.action,
            "initiative": self.action.initiative,
            "back": self.action_url(),
        }
        return super().get_context_data(**context | kwargs)


class ActionPage(OneMixin):
    """In full for those who work in the initiative, in brief for those whom it touches."""

    template_name = "change_tracker/actions/action.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the touched read: `action` in brief. The rest only with `action.is_within`."""
        action = self.action
        shown = action.State(action.shown_state)
        context = {
            "action": action,
            "initiative": action.initiative,
            "is_open": action.state in OPEN_STATES,
            "state": shown.label,
            "means": meaning_of(shown),
            "chip": due_chip(action.due_on, self.today) if action.state in OPEN_STATES else None,
        }
        if action.is_within:
            context |= self.hill() | self.within() | self.next_steps()
        return super().get_context_data(**context | kwargs)

    def within(self) -> dict[str, Any]:
        """What it answers, whom it touches, and its history, as far as the caller may read it."""
        action = self.action
        answered = answers_of(self.user, action) if action.reads_register else None
        either = Q(carried_from=action) | Q(pk=action.carried_from_id)
        carried = {each.pk: each for each in actions_for(self.user).filter(either)}
        return {
            "answered": answered,
            "groups": action.audiences.order_by("name", "pk"),
            "carried_from": carried.pop(action.carried_from_id, None),
            "carried_to": next(iter(carried.values()), None),
            "history": history_of(self.user, action),
            "blocked": block_of(action),
            "own": own_facts(action, self.today),
            "asks_own": action.kind in OWN_FORMS,
            "near": nearest_of(action, self.user, ("plans", *self._heard())),
        }

    def _heard(self) -> tuple[str, ...]:
        """What people said is told on its own page, to the change team."""
        return ("concerns",) if self.action.hears_concerns else ()

    def next_steps(self) -> dict[str, Any]:
        """Moves, the form of the hill, and the question whether it worked."""
        action = self.action
        if not action.may_change:
            return {}
        question = question_of(action, self.today)
        moves = moves_of(action)
        if question and question != "verdict":
            moves = [move for move in moves if move.to not in JUDGED_STATES]
        is_open = action.state in OPEN_STATES
        form = HillForm(initial={"position": action.position, "version": action.version})
        elsewhere = initiatives_to_plan_in(self.user).exclude(pk=action.initiative_id)
        return {
            "moves": moves,
            "question": question,
            "form": form if is_open else None,
            "may_carry": is_open and elsewhere.exists(),
            "may_delete": action.may_delete and action.state == action.State.PLANNED,
        }
