"""The groups of a plan: by when, who else, and taking one out."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import words_after
from change_tracker.core.jobs.models import JobRun
from change_tracker.training import decisions, planjobs, removalwords, services
from change_tracker.training.errors import RuleInUseError
from change_tracker.training.forms import NothingForm
from change_tracker.training.models import Enrolment, PlanAudience
from change_tracker.training.ruleforms import EditRuleForm
from change_tracker.training.services import Removal
from change_tracker.training.views.editing import EditPage, edit_url


class RuleMixin(EditPage):
    """A page about one assignment rule of a plan."""

    @cached_property
    def rule(self) -> PlanAudience:
        """The rule of this plan, or 404."""
        rows = PlanAudience.objects.visible_to(self.user).filter(plan=self.plan)
        rule: PlanAudience = get_object_or_404(
            rows.select_related("audience", "plan__initiative"), pk=self.kwargs["rule_pk"]
        )
        return rule

    @property
    def group(self) -> dict[str, str]:
        """The name of the group, for sentences."""
        return {"group": self.rule.audience.name}

    def subject(self) -> PlanAudience:
        """The rule."""
        return self.rule

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`rule`: which one it is."""
        return {"rule": self.rule} | super().get_context_data(**kwargs)

    def refusal(self) -> str | Promise:
        """An archived plan keeps its rules."""
        refused = services.refusal_to_change_rules(self.plan)
        return refused.message if refused else ""


class RuleEdit(RuleMixin):
    """By when the group has to be done, and which group, while nobody was assigned by it."""

    form_class = EditRuleForm
    button = _("Save")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the group
        """Which group it is about."""
        return gettext("By when for “%(group)s”?") % self.group

    def form_options(self) -> dict[str, Any]:
        """What it says now."""
        names = ("audience", "due_rule", "due_on", "due_days", "due_unit", "on_leave", "version")
        initial = {name: getattr(self.rule, name) for name in names}
        options = super().form_options()
        return options | {"user": self.user, "rule": self.rule, "initial": initial}

    def consequences(self) -> list[str]:
        """When those who have the plan get the new date."""
        if self.rule.first_assigned_on is None:
            return []
        return [
            gettext("People were assigned by this rule, so the group stays."),
            gettext("Those who have the plan get the new date when you assign it again."),
        ]

    def save(self, form: Any) -> tuple[str, str]:
        """Change it, if nobody was quicker."""
        changes = dict(form.cleaned_data)
        expected = changes.pop("version")
        self.rule = services.change_rule(
            self.rule, expected_version=expected, **self.by(), **changes
        )
        words = gettext("The rule is changed.")
        if self.rule.was_edited_since():
            words = gettext(
                "The rule is changed. Nobody gets another date until you assign the plan."
            )
        return edit_url(self.plan), words_after(self.rule, expected, words)


class RuleRemove(RuleMixin):
    """Take a group out; where people have the plan by it, after a look at who loses it."""

    template_name = "change_tracker/plan_rule_remove.html"
    form_class = NothingForm
    button = _("Take it out")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the group
        """Which group it is about."""
        return gettext("Take “%(group)s” out of the plan") % self.group

    @property
    def is_given(self) -> bool:
        """Whether people were assigned by the rule."""
        return self.rule.first_assigned_on is not None

    @cached_property
    def removal(self) -> Removal:
        """What it would do now."""
        return services.preview_removal(rule=self.rule, today=self.today)

    def refusal(self) -> str | Promise:
        """Who has the plan by it is for those who give it to people."""
        if self.is_given and not self.plan.is_theirs:
            return gettext("People have the plan by this group: its lead takes it out.")
        return super().refusal()

    def consequences(self) -> list[str]:
        """Who loses the plan, and what stays."""
        if not self.is_given:
            return [gettext("Nobody has the plan by this rule. The group itself stays.")]
        return [] if self.refusal() else list(removalwords.removal_lines(self.removal))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who is `losing` it by name, the `digest`, and whether it `takes_long`."""
        context = super().get_context_data(**kwargs)
        if not self.is_given or context["refusal"]:
            return context
        shown = self.removal
        return context | {
            "digest": shown.digest,
            "takes_long": planjobs.removing_takes_long(shown),
            "losing": self._losing(shown),
        }

    def _losing(self, shown: Removal) -> decisions.Named | None:
        first = shown.losing[: decisions.MOST_NAMES]
        if not first:
            return None
        rows = Enrolment.objects.visible_to(self.user).filter(pk__in=first)
        named = {row.pk: row for row in rows.select_related("person__unit")}
        return decisions.named(gettext("Who they are"), shown.losing, named)

    def again(self, form: Any, status: int) -> HttpResponse:
        """What changed meanwhile is looked at once more."""
        self.__dict__.pop("removal", None)
        return super().again(form, status)

    def save(self, form: Any) -> str | tuple[str, str]:
        """Take it out, as it was shown."""
        if refusal := self.refusal():
            raise RuleInUseError(refusal)
        if not self.is_given:
            services.delete_rule(self.rule, **self.by())
            return edit_url(self.plan), removalwords.removed_words(Removal(), **self.group)
        done = planjobs.remove_group(
            rule=self.rule, expected=self.sent.get("digest", ""), **self.actor_and_time()
        )
        if isinstance(done, JobRun):
            return reverse("change_tracker:job", args=[done.pk])
        return edit_url(self.plan), removalwords.removed_words(done, **self.group)
