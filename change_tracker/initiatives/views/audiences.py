"""The groups of people that an initiative touches: making one, and changing whom it holds."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Subquery
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_list_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives.models import AffectedGroup
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.models import Audience
from change_tracker.people.points import MembershipChange
from change_tracker.people.queries import clauses_of, people_in, sample_of, with_clauses
from change_tracker.people.ruleforms import (
    RULE_KINDS,
    ClauseForm,
    FirstClauseForm,
    NameForm,
    as_typed,
)
from change_tracker.people.services.audiences import (
    add_clause,
    change_audience,
    create_audience,
    describe_clauses,
    drop_clause,
    phrase,
    why_nobody,
)


def change_words(change: MembershipChange) -> str:
    """What a change of the rule did, for a toast."""
    joined, left = len(change.joined), len(change.left)
    said = [gettext("The rule is changed.")]
    if joined:
        words = ngettext("%(number)s person joined.", "%(number)s people joined.", joined)
        said.append(words % {"number": joined})
    if left:
        said.append(
            ngettext("%(number)s person left.", "%(number)s people left.", left) % {"number": left}
        )
    return " ".join([*said, *change.follows])


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
        """The page, with what is wrong beside the form that was sent."""
        context = {"form": form}
        if not isinstance(form, ClauseForm):
            context = {"form": super().get_form(), "problem": form}
        if isinstance(form, NameForm):
            context["naming"] = form
        return self.render_to_response(self.get_context_data(**context), status=status)

    def save(self, form: Any) -> tuple[str, ...]:
        """What the form says."""
        if isinstance(form, NameForm):
            return self._rename(form)
        if isinstance(form, DropForm):
            return self._drop(form)
        change = add_clause(
            audience=self.audience,
            clause=form.clause(),
            expected_version=form.cleaned_data["version"],
            **self.actor_and_time(),
        )
        return self.own_url, change_words(change)

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

    def _drop(self, form: "DropForm") -> tuple[str, ...]:
        dropped, change = drop_clause(
            audience=self.audience,
            clause_id=form.cleaned_data["clause"],
            expected_version=form.cleaned_data["version"],
            **self.actor_and_time(),
        )
        put_back = f"{self.own_url}?{urlencode(as_typed(dropped))}"
        return self.own_url, change_words(change), put_back


class DropForm(forms.Form):
    """The button beside one line of a rule."""

    clause = forms.IntegerField()
    version = forms.IntegerField(required=False)
