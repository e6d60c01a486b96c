"""Changing a plan: its name and purpose, putting it away, deleting a draft."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.formpages import words_after
from change_tracker.training import services, standing, wording
from change_tracker.training.duewords import due_rule_words
from change_tracker.training.forms import EditPlanForm, NothingForm
from change_tracker.training.models import LearningActivity, PlanAudience, PlanItem, TrainingPlan
from change_tracker.training.views.planning import PlanFormPage, url_of


class EditPage(PlanFormPage):
    """A form about a part of a plan; what the domain would refuse is said instead of the form."""

    def subject(self) -> models.Model:
        """Hook: the row that the page is about; 404 where there is none."""
        plan: models.Model = self.plan
        return plan

    def form_options(self) -> dict[str, Any]:
        """Nothing; what is not there is 404 before what may not be changed is 403."""
        self.subject()
        super().form_options()
        return {}

    def refusal(self) -> str | Promise:
        """Hook: why there is nothing to change; empty where there is."""
        return ""

    def consequences(self) -> list[str]:
        """Hook: what pressing the button means, line by line."""
        return []

    def get_template_names(self) -> list[str]:
        """The form, or why there is none."""
        return ["change_tracker/plan_refused.html" if self.refusal() else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`refusal`, `consequences`, and `back`, where cancelling leads."""
        context = super().get_context_data(**kwargs)  # first of all: who may not is refused
        return context | {
            "refusal": self.refusal(),
            "consequences": self.consequences(),
            "back": self.back(),
        }

    def again(self, form: forms.Form, status: int) -> HttpResponse:
        """Read anew: what was refused is often refused because the plan is another one now."""
        for name in ("plan", "item", "rule", "activity", "enrolment", "record"):
            self.__dict__.pop(name, None)
        return super().again(form, status)

    def back(self) -> str:
        """Where cancelling leads."""
        return edit_url(self.plan)

    def by(self) -> dict[str, Any]:
        """What services that need no day take."""
        return {name: self.actor_and_time()[name] for name in ("actor", "now")}


def edit_url(plan: TrainingPlan, item: int | None = None) -> str:
    """The page on which a plan is changed, at one of its items."""
    url = reverse("change_tracker:plan-edit", args=[plan.initiative.slug, plan.pk])
    return f"{url}#ct-item-{item}" if item else url


def items_of(plan: TrainingPlan, user: User) -> Any:
    """The items of a plan that `user` may read, with `may_change_activity`."""
    rows: Any = PlanItem.objects.visible_to(user).filter(plan=plan, removed_on=None)
    mine = LearningActivity.objects.changeable_by(user).filter(pk=OuterRef("activity"))
    return rows.annotate(may_change_activity=Exists(mine))


class PlanEdit(EditPage):
    """What the plan is called and answers, and the way to each of its parts."""

    template_name = "change_tracker/plan_edit.html"
    form_class = EditPlanForm
    heading = _("Change the plan")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        options = super().form_options()
        plan = self.plan
        names = ("title", "action", "is_sequential", "version")
        initial = {name: getattr(plan, name) for name in names}
        initial |= {"sources": plan.sources.all()}
        options |= {
            "user": self.user,
            "initiative": plan.initiative,
            "order_stays": str(services.refusal_to_reorder(plan) or ""),
        }
        return options | {"initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`items` and `rules` with what can be done with each, and why not where it cannot."""
        plan = self.plan
        items = items_of(plan, self.user)
        rules = PlanAudience.objects.visible_to(self.user).filter(plan=plan)
        return super().get_context_data(
            items=[
                (item, due_rule_words(item, self.today), item.may_change_activity)
                for item in items.select_related("activity")
            ],
            items_refusal=services.refusal_to_revise(plan) or "",
            is_given=plan.state == TrainingPlan.State.PUBLISHED,
            rules=[
                (rule, due_rule_words(rule, self.today))
                for rule in rules.select_related("audience")
            ],
            rules_refusal=services.refusal_to_change_rules(plan) or "",
            **kwargs,
        )

    def back(self) -> str:
        """To the plan."""
        return url_of(self.plan)

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected = changes.pop("version")
        services.change_plan(self.plan, expected_version=expected, **self.by(), **changes)
        return url_of(self.plan), words_after(self.plan, expected, gettext("The plan is changed."))


class PlanMove(EditPage):
    """Put the plan away; there is no way back."""

    form_class = NothingForm
    heading = _("Archive the plan")
    button = _("Archive it")
    is_final = True

    def refusal(self) -> str | Promise:
        """Only what is published is archived."""
        if self.plan.state == TrainingPlan.State.PUBLISHED:
            return ""
        if self.plan.state == TrainingPlan.State.DRAFT:
            return gettext("A draft cannot be archived: nobody has it. Delete it instead.")
        return gettext("The plan is archived already.")

    def consequences(self) -> list[str]:
        """Who gets it no more, and who keeps it."""
        return list(wording.archive_lines(standing.whole(self.units)))

    def save(self, form: Any) -> tuple[str, str]:
        """Archive it."""
        services.move_plan(self.plan, to=TrainingPlan.State.ARCHIVED, **self.by())
        return url_of(self.plan), gettext("The plan is archived.")


class PlanDelete(EditPage):
    """Delete a draft, with its items and rules."""

    form_class = NothingForm
    heading = _("Delete the draft")
    button = _("Delete it")
    is_final = True

    def form_options(self) -> dict[str, Any]:
        """For those who may delete plans."""
        options = super().form_options()
        if not TrainingPlan.objects.deletable_by(self.user).filter(pk=self.plan.pk).exists():
            raise PermissionDenied
        return options

    def refusal(self) -> str | Promise:
        """What people were given is kept."""
        refused = services.refusal_to_delete(self.plan)
        return refused.message if refused else ""

    def consequences(self) -> list[str]:
        """What goes with it, and what stays."""
        return [
            gettext("The plan goes, with its order and its groups. Nobody has it yet."),
            gettext("Its activities stay, and can be put into other plans."),
        ]

    def save(self, form: Any) -> tuple[str, str]:
        """Delete it."""
        title = self.plan.title
        services.delete_plan(self.plan, **self.by())
        plans = reverse("change_tracker:plans", args=[self.plan.initiative.slug])
        return plans, gettext("The draft “%(title)s” is deleted.") % {"title": title}
