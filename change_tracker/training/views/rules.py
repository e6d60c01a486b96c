"""The groups of a plan: by when, who else, and taking one out."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.training import services
from change_tracker.training.forms import EditRuleForm, NothingForm
from change_tracker.training.models import PlanAudience
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
        names = ("audience", "due_rule", "due_on", "due_days", "due_unit", "version")
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
        services.change_rule(self.rule, expected_version=expected, **self.by(), **changes)
        words = gettext("The rule is changed. Nobody gets another date until you assign the plan.")
        return edit_url(self.plan), words


class RuleRemove(RuleMixin):
    """Take a group out that was never assigned."""

    form_class = NothingForm
    button = _("Take it out")

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names the group
        """Which group it is about."""
        return gettext("Take “%(group)s” out of the plan") % self.group

    def refusal(self) -> str | Promise:
        """A rule that was carried out explains why people have the plan."""
        refused = services.refusal_to_delete_rule(self.rule)
        return super().refusal() or (refused.message if refused else "")

    def consequences(self) -> list[str]:
        """What stays."""
        return [gettext("Nobody has the plan by this rule. The group itself stays.")]

    def save(self, form: Any) -> tuple[str, str]:
        """Take it out."""
        services.delete_rule(self.rule, **self.by())
        return edit_url(self.plan), gettext("“%(group)s” is out of the plan.") % self.group
