"""The groups of people that an initiative touches: making one, and changing whom it holds."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_list_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import LOOK_UP, FormPage
from change_tracker.initiatives import rulewords
from change_tracker.initiatives.models import AffectedGroup
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people import rulejobs
from change_tracker.people.changewords import change_words
from change_tracker.people.models import Audience
from change_tracker.people.queries import clauses_of, people_in, sample_of, with_clauses
from change_tracker.people.ruleforms import (
    RULE_KINDS,
    ClauseForm,
    FirstClauseForm,
    NameForm,
    as_typed,
)
from change_tracker.people.services.audiences import (
    Clause,
    RulePreview,
    change_audience,
    create_audience,
    describe_clauses,
    phrase,
    preview_clauses,
    set_clauses,
    why_nobody,
    with_line,
    without_line,
)

#: What of a check page was not typed into the form before it.
OWN_FIELDS = ("csrfmiddlewaretoken", "digest", LOOK_UP)


class RulePage(FormPage, InitiativePage):
    """A form that asks for one line of a rule, of the kind that is asked for in the address."""

    @property
    def sent(self) -> QueryDict:
        """What was sent; the way back of a toast sends its line in the address."""
        in_address = self.request.method == "POST" and "effect" in self.request.GET
        return self.request.GET if in_address else self.request.POST

    @property
    def kind(self) -> str:
        """The kind of line; the first one where none is asked for, or one that there is not."""
        asked = self.sent.get("kind") or self.request.GET.get("kind", "")
        return asked if asked in RULE_KINDS else next(iter(RULE_KINDS))

    def form_options(self) -> dict[str, Any]:
        """Choices for the caller."""
        return {"user": self.user, "today": self.today, "kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The `kinds` to choose from, and the way `back`."""
        kinds = [(kind, each.label) for kind, each in RULE_KINDS.items()]
        return super().get_context_data(
            kinds=kinds, kind=self.kind, back=self.groups_url(), **kwargs
        )


class AudienceNew(RulePage):
    """A new audience, with the first line of its rule."""

    template_name = "change_tracker/audience_new.html"
    form_class = FirstClauseForm
    heading = _("A new group of people")
    button = _("Make this group")

    def form_options(self) -> dict[str, Any]:
        """For those who may make audiences, in an initiative that they see."""
        self.initiative  # noqa: B018  404 where they do not
        if not Audience.objects.visible_to(self.user).may_create(self.user, {}):
            raise PermissionDenied
        return super().form_options()

    def save(self, form: Any) -> tuple[str, str]:
        """Make it, with its members."""
        audience = create_audience(
            name=form.cleaned_data["name"], clauses=[form.clause()], **self.actor_and_time()
        )
        url = reverse("change_tracker:audience-edit", args=[self.initiative.slug, audience.pk])
        return url, gettext("The group is made. Below stands whom it finds today.")


class AudienceMixin(InitiativePage):
    """A page about one audience, for those who may change it."""

    @cached_property
    def rows(self) -> list[Any]:
        """The audience, once for each line of its rule, for those who may change it; one query.

        With how many `people` are in it, and the key of the `group` that it is of the initiative.
        """
        pk, initiative = self.kwargs["pk"], self.initiative  # 404 where they do not see it
        groups = AffectedGroup.objects.visible_to(self.user).filter(initiative=initiative)
        seen = Audience.objects.visible_to(self.user).annotate(
            may_change=Exists(Audience.objects.changeable_by(self.user).filter(pk=pk)),
            people=people_in("pk"),
            group=Subquery(groups.filter(audience=pk).values("pk")[:1]),
        )
        rows = get_list_or_404(with_clauses(seen).order_by("line_id"), pk=pk)
        if not rows[0].may_change:
            raise PermissionDenied
        return rows

    @property
    def audience(self) -> Any:
        """The audience, for those who may change it."""
        return self.rows[0]


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

    def check(self, form: Any, shown: RulePreview, status: int = 200) -> HttpResponse:
        """The page that says what the new rule does to whom."""
        sent = [pair for pair in self.sent.lists() if pair[0] not in OWN_FIELDS]
        clauses = self._wanted(form)[0]
        context = super().get_context_data(
            form=form,
            audience=self.audience,
            check=rulewords.check_of(shown, self.audience, self.user),
            sentence=describe_clauses(clauses),
            takes_long=rulejobs.takes_long(self.audience, clauses, self.today),
            digest=shown.digest,
            kept=[(name, value) for name, values in sent for value in values],
            look_up=LOOK_UP if isinstance(form, ClauseForm) else "",
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
            shown = self.preview(form)
            if shown.changes:
                return self.check(form, shown)
            expected = shown.digest
        clauses, back = self._wanted(form)
        if rulejobs.takes_long(self.audience, clauses, self.today):
            return self._save_later(form, clauses, expected)
        change = set_clauses(
            audience=self.audience,
            clauses=clauses,
            expected_version=form.cleaned_data["version"],
            expected=expected,
            **self.actor_and_time(),
        )
        return self.own_url, change_words(change), *back

    def _save_later(self, form: Any, clauses: list[Clause], expected: str) -> tuple[str]:
        """Have a worker do it; where that can be watched."""
        time = self.actor_and_time()
        job = rulejobs.change_later(
            audience=self.audience,
            clauses=clauses,
            expected_version=form.cleaned_data["version"],
            expected=expected,
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
        change_audience(
            audience=self.audience,
            name=form.cleaned_data["name"],
            expected_version=form.cleaned_data["version"],
            **self.actor_and_time(),
        )
        return self.own_url, gettext("The group has its new name.")


class DropForm(forms.Form):
    """The button beside one line of a rule."""

    clause = forms.IntegerField()
    version = forms.IntegerField(required=False)
