"""Forms of those who lead training."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Audience
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import DueRule, LearningActivity, TrainingPlan
from change_tracker.training.models.plans import MAX_DUE_DAYS, check_due_rule


class PlanForm(forms.Form):
    """A new plan: what it is called, and which resistance it answers."""

    title = forms.CharField(
        label=_("What do you call the plan?"),
        help_text=_("People see this name, such as “Case system in your first week”."),
        max_length=200,
    )
    sources = forms.ModelMultipleChoiceField(
        label=_("Which resistance does it answer?"),
        queryset=ResistanceSource.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, user: User, initiative: Initiative, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heard = ResistanceSource.objects.visible_to(user).filter(initiative=initiative)
        if heard.exists():
            self.fields["sources"].queryset = heard  # type: ignore[attr-defined]  # a choice
        else:
            del self.fields["sources"]


class ItemForm(forms.Form):
    """One more activity of a plan: one that there is, or a new one."""

    activity = forms.ModelChoiceField(
        label=_("Choose an activity that there is already"),
        queryset=LearningActivity.objects.none(),
        required=False,
        empty_label=_("None of these: I describe a new one below"),
    )
    title = forms.CharField(
        label=_("Or a new one: what is it called?"), max_length=200, required=False
    )
    body = forms.CharField(
        label=_("What does one do?"),
        help_text=_("You may use Markdown."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    url = forms.URLField(label=_("Link to the material"), required=False, assume_scheme="https")
    minutes = forms.IntegerField(
        label=_("How many minutes does it take?"), min_value=0, max_value=10_000, required=False
    )
    is_optional = forms.BooleanField(
        label=_("Optional: the plan is complete without it"), required=False
    )

    def __init__(self, *args: Any, user: User, plan: TrainingPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = LearningActivity.objects.visible_to(user).exclude(plan_items__plan=plan)
        own = there.filter(initiative=plan.initiative_id) | there.filter(initiative=None)
        self.fields["activity"].queryset = own.order_by("title")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Either one that there is, or the title of a new one."""
        values = super().clean() or {}
        if not values.get("activity") and not values.get("title"):
            raise ValidationError(
                {"activity": _("Choose an activity, or write the title of a new one.")}
            )
        if values.get("activity") and values.get("title"):
            raise ValidationError(
                {"title": _("Either choose an activity or write a new one, not both.")}
            )
        return values


class RuleForm(forms.Form):
    """Who gets a plan, and by when."""

    audience = forms.ModelChoiceField(
        label=_("Who gets it?"), queryset=Audience.objects.none(), empty_label=None
    )
    due_rule = forms.ChoiceField(
        label=_("By when?"), choices=DueRule.choices, widget=forms.RadioSelect, required=False
    )
    due_on = forms.DateField(
        label=_("The date, if it is fixed"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    due_days = forms.IntegerField(
        label=_("The number of days after joining the group"),
        min_value=1,
        max_value=MAX_DUE_DAYS,
        required=False,
    )

    def __init__(self, *args: Any, user: User, plan: TrainingPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = plan.audiences.values("audience")
        choices = Audience.objects.known_in_full_to(user).exclude(pk__in=taken)
        self.fields["audience"].queryset = choices  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """The rule has what it needs and nothing else."""
        values = super().clean() or {}
        if not self.errors:
            check_due_rule(values["due_rule"], values["due_on"], values["due_days"])
        return values
