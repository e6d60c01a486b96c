"""Changing whom a group of people holds: another rule first says what it does to whom."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import LOOK_UP, words_after
from change_tracker.core.jobs.kinds import CHECKED
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives import rulewords
from change_tracker.initiatives.views.audiences import AudienceMixin, RulePage
from change_tracker.people import rulejobs
from change_tracker.people.changewords import change_words
from change_tracker.people.queries import clauses_of, sample_of
from change_tracker.people.ruleforms import ClauseForm, NameForm, as_typed
from change_tracker.people.services.audiences import (
    Clause,
    RulePreview,
    change_audience,
    describe_clauses,
    phrase,
    preview_clauses,
    why_nobody,
    with_line,
    without_line,
)

#: What of a check page was not typed into the form before it.
OWN_FIELDS = ("csrfmiddlewaretoken", "digest", LOOK_UP)


class AudienceEdit(AudienceMixin, RulePage):
    """Whom it holds: the rule as a sentence and as lines, a head-count, a few names."""

    template_name = "change_tracker/audience.html"
    form_class = ClauseForm
    button = _("Add this rule")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it depends on the audience
        """What it is called."""
        return str(self.audience)

    @property
    def own_url(self) -> str:
        """The address of this page."""
        return reverse("change_tracker:audience-edit", args=[self.kwargs["slug"], self.audience.pk])

    def form_options(self) -> dict[str, Any]:
        """Of the version that is shown."""
        return super().form_options() | {"version": self.audience.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`audience`, its `sentence` and `rules`, `people`, `names` and `nobody_because`."""
        audience, clauses = self.audience, clauses_of(self.rows)
        people = audience.people
        kwargs.setdefault("naming", self._naming())
        return super().get_context_data(
            audience=audience,
            sentence=describe_clauses(clauses),
            rules=[(each, phrase(each)) for each in clauses],
            people=people,
            names=sample_of(audience, self.user) if people else [],
            nobody_because=self._why_nobody(people),
            group=audience.group,
            **kwargs,
        )

    def _why_nobody(self, people: int) -> str:
        audiences = [] if people else [self.audience]
        return why_nobody(audiences, self.today).get(self.audience.pk, "")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add a line, take one out, or give another name, as the form says."""
        self.audience  # noqa: B018  refuses whoever may not
        return super().post(request, *args, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:
        """The form that was sent."""
        if data is not None and data.get("do") == "rename":
            return self._naming(data)
        if data is not None and data.get("do") == "drop":
            return DropForm(data)
        return super().get_form(data)

    def again(self, form: forms.Form, status: int) -> Any:
        """The page, with what is wrong beside the form that was sent.

        What changed since it was shown is looked at once more, not typed.
        """
        if status == 409 and "digest" in self.sent:
            self.__dict__.pop("rows", None)
            try:
                return self.check(form, self.preview(form), status)
            except (ChangeTrackerError, ValidationError):
                pass  # it is said already
        context = {"form": form}
        if not isinstance(form, ClauseForm):
            context = {"form": super().get_form(), "problem": form}
        if isinstance(form, NameForm):
            context["naming"] = form
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The rule; or what a worker found out about another one."""
        asked = request.GET.get(CHECKED, "")
        looked = JobRun.objects.looked(self.user, rulejobs.CheckGroupRule.name, asked)
        if looked is None or looked.task["audience"] != self.audience.pk:
            return super().get(request, *args, **kwargs)
        try:
            clauses = rulejobs.clauses_of(looked)
        except ChangeTrackerError as gone:
            leave_toast(request, str(gone))
            return redirect(self.own_url)
        kept, shown = looked.task["sent"], RulePreview.of(looked.found or {})
        return self._check_page(self.get_form(), shown, clauses, kept)

    def check(self, form: Any, shown: RulePreview, status: int = 200) -> HttpResponse:
        """The page that says what the new rule does to whom."""
        return self._check_page(form, shown, self._wanted(form)[0], self._kept(), status)

    def _kept(self) -> list[tuple[str, str]]:
        sent = [pair for pair in self.sent.lists() if pair[0] not in OWN_FIELDS]
        return [(name, value) for name, values in sent for value in values]

    def _check_page(
        self,
        form: Any,
        shown: RulePreview,
        clauses: list[Clause],
        kept: list[tuple[str, str]],
        status: int = 200,
    ) -> HttpResponse:
        context = super().get_context_data(
            form=form,
            audience=self.audience,
            check=rulewords.check_of(shown, self.audience, self.user),
            sentence=describe_clauses(clauses),
            takes_long=rulejobs.takes_long(self.audience, clauses, self.today),
            digest=shown.digest,
            kept=kept,
            look_up="" if any(name == "do" for name, _value in kept) else LOOK_UP,
            own_url=self.own_url,
        )
        return self.response_class(
            request=self.request,
            template=["change_tracker/audience_check.html"],
            context=context,
            status=status,
            using=self.template_engine,
        )

    def preview(self, form: Any) -> RulePreview:
        """What the rule that the form asks for would do."""
        time = self.actor_and_time()
        return preview_clauses(
            audience=self.audience,
            clauses=self._wanted(form)[0],
            today=time["today"],
            now=time["now"],
            expected_version=form.cleaned_data["version"],
        )

    def save(self, form: Any) -> tuple[str, ...] | HttpResponse:
        """What the form says; where somebody joins or leaves by it, as it was shown, or not."""
        if isinstance(form, NameForm):
            return self._rename(form)
        expected = self.sent.get("digest")
        if expected is None:
            if rulejobs.takes_long(self.audience, self._wanted(form)[0], self.today):
                return self._look_later(form)
            shown = self.preview(form)
            if shown.changes:
                return self.check(form, shown)
            expected = shown.digest
        clauses, back = self._wanted(form)
        change = rulejobs.set_rule(
            audience=self.audience,
            clauses=clauses,
            expected_version=form.cleaned_data["version"],
            expected=expected,
            result_url=self.own_url,
            **self.actor_and_time(),
        )
        if isinstance(change, JobRun):
            return (reverse("change_tracker:job", args=[change.pk]),)
        return self.own_url, change_words(change), *back

    def _look_later(self, form: Any) -> tuple[str]:
        """Have a worker find out what it does; where that can be watched."""
        time = self.actor_and_time()
        job = rulejobs.check_later(
            audience=self.audience,
            clauses=self._wanted(form)[0],
            expected_version=form.cleaned_data["version"],
            sent=self._kept(),
            result_url=self.own_url,
            actor=time["actor"],
            now=time["now"],
        )
        return (reverse("change_tracker:job", args=[job.pk]),)

    def _wanted(self, form: Any) -> tuple[list[Clause], list[str]]:
        """The rule that the form asks for, and the way back where there is one."""
        if not isinstance(form, DropForm):
            return with_line(self.audience, form.clause()), []
        dropped, clauses = without_line(self.audience, form.cleaned_data["clause"])
        return clauses, [f"{self.own_url}?{urlencode(as_typed(dropped))}"]

    def _naming(self, data: Any = None) -> NameForm:
        initial = {"name": self.audience.name, "version": self.audience.version}
        form = NameForm(data, initial=initial, auto_id="id_new_%s")
        form.fields["name"].widget.attrs["class"] = "ct-in"
        return form

    def _rename(self, form: NameForm) -> tuple[str, str]:
        version = form.cleaned_data["version"]
        change_audience(
            audience=self.audience,
            name=form.cleaned_data["name"],
            expected_version=version,
            **self.actor_and_time(),
        )
        words = gettext("The group has its new name.")
        return self.own_url, words_after(self.audience, version, words)


class DropForm(forms.Form):
    """The button beside one line of a rule."""

    clause = forms.IntegerField()
    version = forms.IntegerField(required=False)
