"""Making a plan, and giving it to people: form by form, with a check before many get it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import FormPage
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.models import Initiative
from change_tracker.training import planjobs, services, wording
from change_tracker.training.forms import PlanForm
from change_tracker.training.models import TrainingPlan
from change_tracker.training.ruleforms import RuleForm
from change_tracker.training.views.plans import PlanMixin


def url_of(plan: TrainingPlan) -> str:
    """The page of a plan."""
    return reverse("change_tracker:plan", args=[plan.initiative.slug, plan.pk])


class PlanNew(FormPage):
    """A new plan; the next step is its first activity."""

    template_name = "change_tracker/plan_form.html"
    form_class = PlanForm
    tab = "initiatives"
    heading = _("A new training plan")
    button = _("Go on")

    @cached_property
    def initiative(self) -> Initiative:
        """The initiative; 404 without its figures, 403 for those who may not plan in it."""
        visible = Initiative.objects.visible_to(self.user)
        shown = Initiative.objects.with_figures_for(self.user).filter(pk__in=visible.ids())
        initiative: Initiative = get_object_or_404(shown, slug=self.kwargs["slug"])
        if not TrainingPlan.objects.all().may_create(self.user, {"initiative": initiative}):
            raise PermissionDenied
        return initiative

    def form_options(self) -> dict[str, Any]:
        return {"user": self.user, "initiative": self.initiative}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`initiative`, for the way back."""
        return super().get_context_data(initiative=self.initiative, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        plan = services.create_plan(
            initiative=self.initiative, **self.actor_and_now(), **form.cleaned_data
        )
        words = gettext("The plan is a draft. Now add its activities, then who gets it.")
        return url_of(plan), words

    def actor_and_now(self) -> dict[str, Any]:
        """What services that need no day take."""
        return {name: self.actor_and_time()[name] for name in ("actor", "now")}


class PlanFormPage(PlanMixin, FormPage):
    """A form about a plan that the caller may change; 403 for those who only read it."""

    template_name = "change_tracker/plan_form.html"

    def form_options(self) -> dict[str, Any]:
        if not self.plan.may_change:
            raise PermissionDenied
        return {"user": self.user, "plan": self.plan}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`plan` and its `initiative`, for the way back."""
        initiative = self.plan.initiative
        return super().get_context_data(plan=self.plan, initiative=initiative, **kwargs)


class RuleNew(PlanFormPage):
    """One more group that gets the plan."""

    form_class = RuleForm
    heading = _("Say who gets it, and by when")
    button = _("Add this group")

    def save(self, form: Any) -> tuple[str, str]:
        time = self.actor_and_time()
        services.add_rule(plan=self.plan, actor=time["actor"], now=time["now"], **form.cleaned_data)
        words = gettext("The group is added. Nobody gets anything until you assign the plan.")
        return url_of(self.plan), words


class PlanAssign(PlanMixin):
    """What assigning would do, and one button that does it; a draft is published with it."""

    template_name = "change_tracker/plan_assign.html"

    @cached_property
    def mine(self) -> TrainingPlan:
        """The plan; 403 for those who may not give it to people."""
        if not self.plan.is_theirs:
            raise PermissionDenied
        return self.plan  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`check`: what would happen, in words; `digest` of it; whether it `takes_long`."""
        preview = services.preview_assignment(plan=self.mine, today=self.today)
        check = wording.check_of(self.mine, preview, self.today)
        return super().get_context_data(
            plan=self.mine,
            initiative=self.mine.initiative,
            check=check,
            takes_long=planjobs.assigning_takes_long(preview),
            digest=preview.digest,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish where it is a draft, and assign as it was shown; or say why not."""
        plan = self.mine
        try:
            done = planjobs.give_plan(
                plan=plan,
                publish=True,
                expected=request.POST.get("digest", ""),
                **self.actor_and_time(),
            )
        except ChangeTrackerError as refused:
            del self.plan, self.mine  # what they say may not be true any more
            return self.render_to_response(
                self.get_context_data(refusal=refused.message), status=409
            )
        if isinstance(done, JobRun):
            return redirect("change_tracker:job", done.pk)
        leave_toast(request, wording.assigned_words(done))
        return redirect(url_of(plan))
