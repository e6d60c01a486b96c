"""What people handed in, for those who decide, and the only way to its files."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from change_tracker.core.files import sent_file
from change_tracker.core.pages import PageMixin
from change_tracker.training import handingin, services
from change_tracker.training.models import Submission
from change_tracker.training.personforms import VerdictForm
from change_tracker.training.views.waitingpages import WaitingPage

RETURN = "return"


class SubmissionPage(WaitingPage):
    """Who handed in what; confirm it, or give it back with a note.

    Lists send the same form with nothing but the button, to confirm in one step.
    """

    template_name = "change_tracker/submission.html"
    form_class = VerdictForm
    model = Submission
    joined = ("handed_in_by", "decided_by")
    waiting = Submission.State.WAITING

    def form_options(self) -> dict[str, Any]:
        """Which button was pressed."""
        return {"gives_back": self.request.POST.get("do") == RETURN}

    def outcome(self) -> str:
        """Who confirmed it or gave it back, and when."""
        return handingin.outcome_words(self.row)

    def save(self, form: Any) -> tuple[str, str]:
        """Confirm it, or give it back."""
        decide = services.return_submission if form.gives_back else services.accept_submission
        answer = form.cleaned_data["answer"]
        decide(submission=self.row, answer=answer, **self.actor_and_time())
        if form.gives_back:
            said = gettext("“%(title)s” is given back. %(person)s reads your note.")
        else:
            said = gettext("“%(title)s” is done for %(person)s.")
        return self.back(), said % self.words


class SubmissionFile(PageMixin):
    """The file itself, for whose it is and for those who decide."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a file
        """To be kept."""
        row = get_object_or_404(Submission.objects.visible_to(self.user), pk=self.kwargs["pk"])
        return sent_file(row.file, row.file_name)
