"""Changing the items of a plan: of a draft at once, of one that people have after a check page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.formpages import say_refused
from change_tracker.core.jobs.kinds import CHECKED
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.toasts import leave_toast
from change_tracker.training import planjobs, revisewords, services
from change_tracker.training.checkjobs import CheckRevision, check_later
from change_tracker.training.forms import FinishedForm
from change_tracker.training.models import PlanItem, TrainingPlan
from change_tracker.training.pastrevisions import past_revisions
from change_tracker.training.services import Revision, Wanted
from change_tracker.training.views.editing import EditPage, edit_url
from change_tracker.training.views.plans import PlanMixin

#: What of the second form was not typed into the first.
OWN_FIELDS = ("csrfmiddlewaretoken", "digest", "finished")


class PlanRevisions(PlanMixin):
    """What became of the plan since it was published, as far as the caller reads its history."""

    template_name = "change_tracker/plan_revisions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`past` revisions, the latest first."""
        past = past_revisions(self.plan, self.user)
        return super().get_context_data(
            plan=self.plan, initiative=self.plan.initiative, past=past, **kwargs
        )


class RevisingPage(EditPage):
    """A change of the items; where people have the plan, it first says what that does to whom.

    The check page sends everything once more, with the digest of what it showed.
    """

    def wanted(self, form: Any) -> Sequence[Wanted]:
        """Hook: the items of a published plan as they are to be."""
        raise NotImplementedError

    def change(self, form: Any) -> tuple[str, str]:
        """Hook: what `save` does with a draft."""
        raise NotImplementedError

    @property
    def is_given(self) -> bool:
        """Whether people have it, so that it changes for all of them at once."""
        return bool(self.plan.state == TrainingPlan.State.PUBLISHED)

    @property
    def items(self) -> list[PlanItem]:
        """The items of the plan, in order."""
        return list(self.plan.items.in_force().select_related("activity"))

    def form_options(self) -> dict[str, Any]:
        """For those who give the plan to people, once people have it."""
        options = super().form_options()
        if self.is_given and not self.plan.is_theirs:
            raise PermissionDenied
        return options

    def refusal(self) -> str | Promise:
        """An archived plan stays as it is."""
        refused = services.refusal_to_revise(self.plan)
        return refused.message if refused else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; or what a worker found out about what was sent from here."""
        asked = request.GET.get(CHECKED, "")
        looked = JobRun.objects.looked(self.user, CheckRevision.name, asked)
        if looked is None or looked.task["plan"] != self.plan.pk or self.refusal():
            return super().get(request, *args, **kwargs)
        return self._check_page(
            self.get_form(), Revision.of(looked.found or {}), looked.task["sent"]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check first, then change."""
        if not self.is_given or "digest" in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form(self.sent)
        return self.check(form) if form.is_valid() else self.again(form, 400)

    def check(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """The page that says what pressing its button does."""
        try:
            items = self.wanted(form)
            if self.takes_long and not services.changes_nothing(self.plan, items):
                return self._look_later(items)
            shown = services.preview_revision(plan=self.plan, items=items, **self.day_and_time())
        except (ValidationError, ChangeTrackerError) as refused:
            return super().again(form, say_refused(form, refused))
        if shown.is_nothing():
            leave_toast(self.request, revisewords.nothing_words())
            return redirect(self.back())
        return self._check_page(form, shown, self._kept(), status)

    @cached_property
    def takes_long(self) -> bool:
        """Whether so many people have the plan that a worker does it."""
        return planjobs.revising_takes_long(self.plan)

    def _look_later(self, items: Sequence[Wanted]) -> HttpResponse:
        """Have a worker find out what it does; where that can be watched."""
        job = check_later(
            plan=self.plan,
            items=items,
            sent=self._kept(),
            result_url=self.request.path,
            **self.by(),
        )
        return redirect("change_tracker:job", job.pk)

    def _kept(self) -> list[tuple[str, str]]:
        sent = [pair for pair in self.sent.lists() if pair[0] not in OWN_FIELDS]
        return [(name, value) for name, values in sent for value in values]

    def _check_page(
        self, form: forms.Form, shown: Revision, kept: list[tuple[str, str]], status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(form=form, kept=kept, **self._said(shown))
        return self.response_class(
            request=self.request,
            template=["change_tracker/plan_revise.html"],
            context=context,
            status=status,
            using=self.template_engine,
        )

    def _said(self, shown: Revision) -> dict[str, Any]:
        return {
            "check": revisewords.check_of(shown, self.today),
            "digest": shown.digest,
            "takes_long": self.takes_long,
            "finished": FinishedForm(self._answer(), finished=shown.finished)
            if shown.finished
            else None,
        }

    def _answer(self) -> Any:
        return self.sent if "finished" in self.sent else None

    def day_and_time(self) -> dict[str, Any]:
        """What previews take."""
        return {name: self.actor_and_time()[name] for name in ("today", "now")}

    def again(self, form: forms.Form, status: int) -> HttpResponse:
        """What changed meanwhile is looked at once more, not typed."""
        if status != 409 or not self.is_given or "digest" not in self.sent:
            return super().again(form, status)
        for name in ("plan", "item"):
            self.__dict__.pop(name, None)
        return self.check(form, status)

    def save(self, form: Any) -> str | tuple[str, str]:
        """Change the draft; or make the revision as it was shown, or not at all."""
        if not self.is_given:
            return self.change(form)
        done = planjobs.change_items(
            plan=self.plan,
            items=self.wanted(form),
            reopen=self.sent.get("finished") == FinishedForm.REOPEN,
            expected=self.sent.get("digest", ""),
            **self.actor_and_time(),
        )
        if isinstance(done, JobRun):
            return reverse("change_tracker:job", args=[done.pk])
        return edit_url(self.plan), revisewords.done_words(done)
