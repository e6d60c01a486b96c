"""What people handed in, for those who decide, and the only way to its files."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.files import sent_file
from change_tracker.core.formpages import FormPage
from change_tracker.core.pages import PageMixin
from change_tracker.people.models import Person
from change_tracker.training import handingin, services
from change_tracker.training.models import Submission
from change_tracker.training.personforms import VerdictForm

RETURN = "return"


class SubmissionPage(FormPage):
    """Who handed in what; confirm it, or give it back with a note.

    Lists send the same form with nothing but the button, to confirm in one step.
    """

    template_name = "change_tracker/submission.html"
    form_class = VerdictForm

    @cached_property
    def submission(self) -> Submission:
        """It; 404 for those who do not see it, 403 for those who do not decide."""
        rows = Submission.objects.visible_to(self.user).select_related(
            "record__person__unit",
            "record__activity",
            "record__plan__initiative",
            "handed_in_by",
            "decided_by",
        )
        row: Submission = get_object_or_404(rows, pk=self.kwargs["pk"])
        mine = Submission.objects.changeable_by(self.user).filter(pk=row.pk)
        if not mine.exists():
            raise PermissionDenied
        return row

    @cached_property
    def is_team(self) -> bool:
        """Whether the person reports to the caller."""
        people: Any = Person.objects.visible_to(self.user)
        team = people.team_of(self.user).filter(pk=self.submission.record.person_id)
        return bool(team.exists())

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on the caller
        """Managers come from their team, leads from their initiative."""
        return "team" if self.is_team else "initiatives"

    def form_options(self) -> dict[str, Any]:
        """Which button was pressed."""
        return {"gives_back": self.request.POST.get("do") == RETURN}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`submission`, its `record`, whether it still `waits`, and `said`, what became of it."""
        row = self.submission
        context = super().get_context_data(**kwargs)
        waits = row.state == Submission.State.WAITING
        return context | {
            "submission": row,
            "record": row.record,
            "waits": waits,
            "said": "" if waits else handingin.outcome_words(row),
            "is_team": self.is_team,
            "back": self.back(),
        }

    def again(self, form: forms.Form, status: int) -> Any:
        """Read anew: what was refused is often refused because it was decided meanwhile."""
        self.__dict__.pop("submission", None)
        return super().again(form, status)

    def back(self) -> str:
        """What else waits."""
        if self.is_team:
            return f"{reverse('change_tracker:team')}#ct-waiting"
        slug = self.submission.record.plan.initiative.slug
        return f"{reverse('change_tracker:plans', args=[slug])}#ct-waiting"

    def save(self, form: Any) -> tuple[str, str]:
        """Confirm it, or give it back."""
        answer, row = form.cleaned_data["answer"], self.submission
        words = {"person": row.record.person.display_name, "title": row.record.activity.title}
        decide = services.return_submission if form.gives_back else services.accept_submission
        decide(submission=row, answer=answer, **self.actor_and_time())
        if form.gives_back:
            said = gettext("“%(title)s” is given back. %(person)s reads your note.")
        else:
            said = gettext("“%(title)s” is done for %(person)s.")
        return self.back(), said % words


class SubmissionFile(PageMixin):
    """The file itself, for whose it is and for those who decide."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a file
        """To be kept."""
        row = get_object_or_404(Submission.objects.visible_to(self.user), pk=self.kwargs["pk"])
        return sent_file(row.file, row.file_name)
