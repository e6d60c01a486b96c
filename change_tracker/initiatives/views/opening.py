"""A new initiative in three steps: what and why, whom it touches, the first date."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives import services
from change_tracker.initiatives.groupforms import ChooseGroupForm
from change_tracker.initiatives.models import Initiative
from change_tracker.initiatives.openingforms import OF_GOAL, DateForm, EditWhatForm, WhatForm
from change_tracker.initiatives.queries import groups_of
from change_tracker.initiatives.services.opening import first_objective, first_sponsor
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.initiatives.views.golive import GoLiveMixin
from change_tracker.initiatives.views.groups import ChooseGroupMixin

WHAT = ("title", "purpose", "future_state", "stays_the_same")


def step_url(name: str, initiative: Initiative) -> str:
    """A step of an initiative that there is."""
    return reverse(f"change_tracker:initiative-new-{name}", args=[initiative.slug])


class NewInitiativePage(FormPage):
    """Step 1: what and why. Makes the draft."""

    template_name = "change_tracker/opening/what.html"
    form_class = WhatForm
    tab = "initiatives"
    heading = _("New initiative: what and why")
    button = _("Save and go on")

    def form_options(self) -> dict[str, Any]:
        """For those who may open initiatives; others are refused."""
        if not Initiative.objects.visible_to(self.user).may_create(self.user, {}):
            raise PermissionDenied
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`step`, and whether the caller is `nobody` who could lead it."""
        return super().get_context_data(
            step=1, nobody=services.person_of(self.user) is None, **kwargs
        )

    def save(self, form: Any) -> tuple[str, str]:
        """Open a draft, led by the caller."""
        time = self.actor_and_time()
        initiative = services.create_initiative(
            actor=self.user, now=time["now"], **form.cleaned_data
        )
        return step_url("groups", initiative), gettext("The draft is saved. Only you see it.")


class StepPage(FormPage, InitiativePage):
    """A step of a draft; what is no draft any more is changed on its own pages."""

    step = 0

    @property
    def is_over(self) -> bool:
        """Whether it is no draft any more; refuses those who may not change it."""
        return not self.changeable().is_draft

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The step, or on to the overview."""
        return self._overview() if self.is_over else super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step, or on to the overview."""
        return self._overview() if self.is_over else super().post(request, *args, **kwargs)

    def _overview(self) -> HttpResponse:
        return redirect("change_tracker:initiative", self.initiative.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`step`."""
        return super().get_context_data(step=self.step, **kwargs)


class WhatStep(StepPage):
    """Step 1 once more."""

    template_name = "change_tracker/opening/what.html"
    form_class = EditWhatForm
    step = 1
    heading = _("New initiative: what and why")
    button = _("Save and go on")

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        return {"initial": {name: getattr(self.initiative, name) for name in (*WHAT, "version")}}

    def save(self, form: Any) -> str:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected_version = changes.pop("version")
        services.change_initiative(
            self.initiative, expected_version=expected_version, **self.by(), **changes
        )
        return step_url("groups", self.initiative)


class GroupsStep(ChooseGroupMixin, StepPage):
    """Step 2: whom it touches, group by group."""

    template_name = "change_tracker/opening/groups.html"
    form_class = ChooseGroupForm
    step = 2
    heading = _("New initiative: whom it touches")
    button = _("Add this group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`lines` of the groups that it has already."""
        return super().get_context_data(lines=groups_of(self.initiative, self.user), **kwargs)


class DateStep(StepPage, GoLiveMixin):
    """Step 3: the first date, who stands for it, the first objective."""

    template_name = "change_tracker/opening/date.html"
    form_class = DateForm
    step = 3
    heading = _("New initiative: first date, sponsor, objective")
    button = _("Save the draft")

    @cached_property
    def initial(self) -> dict[str, Any]:
        """What is set already; a sponsor who has left is not suggested once more."""
        initiative = self.initiative
        sponsor, goal = first_sponsor(initiative), first_objective(initiative)
        values: dict[str, Any] = {
            "go_live_on": initiative.go_live_on,
            "version": initiative.version,
        }
        if sponsor is not None:
            here = sponsor.person.is_active(self.today)
            values |= {"sponsor": sponsor.person if here else None, "sponsor_shown": sponsor.pk}
        if goal is not None:
            values |= {name: getattr(goal, name) for name in ("title", *OF_GOAL)}
            values |= {"goal": goal.pk, "goal_version": goal.version}
        return values

    def form_options(self) -> dict[str, Any]:
        """Everyone who works here may be named."""
        return {"people": services.people_to_name(self.today), "initial": self.initial}

    def save(self, form: Any) -> tuple[str, str]:
        """Write all three, and show the draft."""
        services.set_out(
            self.initiative,
            go_live_on=form.cleaned_data["go_live_on"],
            sponsor=form.sponsor_chosen(),
            goal=form.described(),
            shown=form.shown(),
            **self.by(),
        )
        url = reverse("change_tracker:initiative", args=[self.initiative.slug])
        return url, gettext("The draft is saved. Below stands what it still needs, if anything.")
