"""Answering somebody who asks for more time."""

from typing import Any

from django.utils.translation import gettext

from change_tracker.core.text import short_date
from change_tracker.training import moretime, services
from change_tracker.training.models import ExtensionRequest
from change_tracker.training.personforms import AnswerForm
from change_tracker.training.views.waitingpages import WaitingPage

GRANT = "grant"


class RequestPage(WaitingPage):
    """Who asks for what and why; yes with a date, or no with a reason.

    Lists of requests send the same form with nothing but the wanted date, for a yes in one step.
    """

    template_name = "change_tracker/time_request.html"
    form_class = AnswerForm
    model = ExtensionRequest
    waiting = ExtensionRequest.State.REQUESTED

    @property
    def grants(self) -> bool:
        """Whether the button for a yes was pressed."""
        return self.request.POST.get("do") == GRANT

    def form_options(self) -> dict[str, Any]:
        """What is wanted, as the date to begin with."""
        return {"grants": self.grants, "initial": {"due_on": self.row.wanted_on}}

    def outcome(self) -> str:
        """What was answered, or that it was withdrawn."""
        is_granted = self.row.state == ExtensionRequest.State.GRANTED
        told = moretime.granted_words if is_granted else moretime.request_words
        return told(self.row, self.today)

    def save(self, form: Any) -> tuple[str, str]:
        """Say yes or no."""
        values = form.cleaned_data
        if not self.grants:
            answer = values["answer"]
            services.refuse_time(request=self.row, answer=answer, **self.actor_and_time())
            said = gettext("%(person)s keeps the date of “%(title)s”, and reads why.")
            return self.back(), said % self.words
        services.grant_time(request=self.row, **values, **self.actor_and_time())
        words = self.words | {"day": short_date(values["due_on"], self.today)}
        return self.back(), gettext("%(person)s has until %(day)s for “%(title)s”.") % words
