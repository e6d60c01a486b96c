"""Answering somebody who asks for more time."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from change_tracker.core.formpages import FormPage
from change_tracker.core.text import short_date
from change_tracker.people.models import Person
from change_tracker.training import moretime, services
from change_tracker.training.models import ExtensionRequest
from change_tracker.training.personforms import AnswerForm

GRANT = "grant"


class RequestPage(FormPage):
    """Who asks for what and why; yes with a date, or no with a reason.

    Lists of requests send the same form with nothing but the wanted date, for a yes in one step.
    """

    template_name = "change_tracker/time_request.html"
    form_class = AnswerForm

    @cached_property
    def request_row(self) -> ExtensionRequest:
        """The request; 404 for those who do not see it, 403 for those who do not decide."""
        rows = ExtensionRequest.objects.visible_to(self.user).select_related(
            "record__person__unit",
            "record__activity",
            "record__plan__initiative",
            "decided_by",
        )
        row: ExtensionRequest = get_object_or_404(rows, pk=self.kwargs["pk"])
        mine = ExtensionRequest.objects.changeable_by(self.user).filter(pk=row.pk)
        if not mine.exists():
            raise PermissionDenied
        return row

    @cached_property
    def is_team(self) -> bool:
        """Whether the person reports to the caller."""
        people: Any = Person.objects.visible_to(self.user)
        team = people.team_of(self.user).filter(pk=self.request_row.record.person_id)
        return bool(team.exists())

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on the caller
        """Managers come from their team, leads from their initiative."""
        return "team" if self.is_team else "initiatives"

    @property
    def grants(self) -> bool:
        """Whether the button for a yes was pressed."""
        return self.request.POST.get("do") == GRANT

    def form_options(self) -> dict[str, Any]:
        """What is wanted, as the date to begin with."""
        return {"grants": self.grants, "initial": {"due_on": self.request_row.wanted_on}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`asked`, its `record`, whether it still `waits`, and `said`, what became of it."""
        context = super().get_context_data(**kwargs)
        row = self.request_row
        waits = row.state == ExtensionRequest.State.REQUESTED
        is_granted = row.state == ExtensionRequest.State.GRANTED
        told = moretime.granted_words if is_granted else moretime.request_words
        return context | {
            "asked": row,
            "record": row.record,
            "waits": waits,
            "said": "" if waits else told(row, self.today),
            "is_team": self.is_team,
            "back": self.back(),
        }

    def again(self, form: forms.Form, status: int) -> Any:
        """Read anew: what was refused is often refused because it was answered meanwhile."""
        self.__dict__.pop("request_row", None)
        return super().again(form, status)

    def back(self) -> str:
        """The requests that wait."""
        if self.is_team:
            return f"{reverse('change_tracker:team')}#ct-waiting"
        slug = self.request_row.record.plan.initiative.slug
        return f"{reverse('change_tracker:plans', args=[slug])}#ct-waiting"

    def save(self, form: Any) -> tuple[str, str]:
        """Say yes or no."""
        values, row = form.cleaned_data, self.request_row
        words = {"person": row.record.person.display_name, "title": row.record.activity.title}
        if not self.grants:
            services.refuse_time(request=row, answer=values["answer"], **self.actor_and_time())
            said = gettext("%(person)s keeps the date of “%(title)s”, and reads why.")
            return self.back(), said % words
        services.grant_time(request=row, **values, **self.actor_and_time())
        words["day"] = short_date(values["due_on"], self.today)
        return self.back(), gettext("%(person)s has until %(day)s for “%(title)s”.") % words
