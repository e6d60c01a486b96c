"""Reminding chosen people of a plan: whom it reaches, and the one button that does it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from change_tracker.reminders import byhand, byhandjobs, byhandwords
from change_tracker.training.forms import NothingForm
from change_tracker.training.jobs import MOST_AT_ONCE
from change_tracker.training.views.people import ChosenPeople
from change_tracker.training.views.planning import url_of


class PeopleRemind(ChosenPeople):
    """Whom a reminder reaches, whom not and why; the choice is in the address, as for decisions."""

    template_name = "change_tracker/people_remind.html"
    form_class = NothingForm

    @cached_property
    def calls(self) -> byhand.Calls:
        """Whom it would reach now."""
        return byhand.preview_reminding(self.chosen(), actor=self.user, now=timezone.now())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The check, for those who give the plan to people."""
        self.refuse_others()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remind them."""
        self.refuse_others()
        return super().post(request, *args, **kwargs)

    def refuse_others(self) -> None:
        """403 for those who only read the plan."""
        if not self.plan.is_theirs:
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`check` in words, its `digest`; whether `nobody` is chosen; a `refusal` where none is."""
        refusal = byhand.refusal_to_remind(self.plan)
        return super().get_context_data(
            plan=self.plan,
            initiative=self.plan.initiative,
            back=self.back(),
            refusal=refusal.message if refusal else "",
            **({} if refusal else self._checked()),
            **kwargs,
        )

    def _checked(self) -> dict[str, Any]:
        calls = self.calls
        return {
            "check": byhandwords.check_of(calls, self.named(calls.of.values())),
            "nobody": not calls.of,
            "takes_long": len(calls.reached) > MOST_AT_ONCE,
            "digest": calls.digest,
        }

    def again(self, form: Any, status: int) -> HttpResponse:
        """What changed meanwhile is looked at once more."""
        self.__dict__.pop("calls", None)
        return super().again(form, status)

    def save(self, form: Any) -> str | tuple[str, str]:
        """Remind as it was shown, or not at all; many while the caller watches."""
        expected = self.sent.get("digest", "")
        said = {"plan": self.plan, "expected": expected, "actor": self.user, "now": timezone.now()}
        if refusal := byhand.refusal_to_remind(self.plan):
            raise refusal
        if len(self.calls.reached) > MOST_AT_ONCE:
            job = byhandjobs.remind_later(self.calls, **said)
            return reverse("change_tracker:job", args=[job.pk])
        done = byhand.remind_people(self.chosen(), **said)
        return f"{url_of(self.plan)}#ct-people", byhandwords.done_words(done)
