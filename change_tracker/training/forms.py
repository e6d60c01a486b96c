"""Forms of those who lead training."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.access import User
from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import DayField, WebField
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.forms import SourcesField
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.models import (
    DueRule,
    DueUnit,
    LearningActivity,
    TrainingPlan,
)
from change_tracker.training.models.dues import MAX_DUE_DAYS, check_due_rule
from change_tracker.training.services.versioning import OlderVersions


class PlanForm(forms.Form):
    """A new plan: what it is called, and which resistance it answers."""

    title = forms.CharField(
        label=_("What do you call the plan?"),
        help_text=_("People see this name, such as “Case system in your first week”."),
        max_length=200,
    )
    sources = SourcesField(
        label=_("Which resistance does it answer?"),
        help_text=_(
            "People read what the plan is meant to help with, in a sentence of the catalogue for "
            "this kind of resistance; nothing of what stands in the register."
        ),
        queryset=None,
        required=False,
    )
    is_sequential = forms.BooleanField(
        label=_("One after the other: an activity opens when the required ones before it are done"),
        required=False,
    )

    def __init__(self, *args: Any, user: User, initiative: Initiative, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        heard = ResistanceSource.objects.visible_to(user).filter(initiative=initiative)
        fields["sources"].queryset = heard
        self.offer(user, initiative)
        if not list(fields["sources"].choices):
            del fields["sources"]

    def offer(self, user: User, initiative: Initiative) -> None:
        """One query for whatever there is to choose."""
        offer_together(self, sources=SourcesField.columns)


class ItemForm(forms.Form):
    """One more activity of a plan: one that there is, or a new one."""

    activity = forms.ModelChoiceField(
        label=_("Choose an activity that there is already"),
        queryset=LearningActivity.objects.none(),
        required=False,
        empty_label=_("None of these: I describe a new one below"),
        error_messages={
            "invalid_choice": _("This activity is in the plan already, or you may not choose it.")
        },
    )
    title = forms.CharField(
        label=_("Or a new one: what is it called?"), max_length=200, required=False
    )
    body = forms.CharField(
        label=_("What do people do?"),
        help_text=_("You may use Markdown."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    url = WebField(label=_("Link to the material"), required=False, assume_scheme="https")
    minutes = forms.IntegerField(
        label=_("How many minutes does it take?"), min_value=0, max_value=10_000, required=False
    )
    is_optional = forms.BooleanField(
        label=_("Optional: the plan is complete without it"), required=False
    )

    def __init__(self, *args: Any, user: User, plan: TrainingPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = addable(plan, user)  # type: ignore[attr-defined]

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


def addable(plan: TrainingPlan, user: User) -> Any:
    """Activities of the initiative and the library that are not in the plan, by title."""
    taken = plan.items.in_force().values("activity")
    there = LearningActivity.objects.visible_to(user).exclude(pk__in=taken)
    own = there.filter(initiative=plan.initiative_id) | there.filter(initiative=None)
    return own.order_by("title")


class DueRuleForm(forms.Form):
    """By when something is due: a date, or a number, what it counts, and from which day on."""

    due_rule = forms.ChoiceField(label=_("By when?"), choices=DueRule.choices, required=False)
    due_days = forms.IntegerField(
        label=_("How many days, unless it is a fixed date?"),
        help_text=_("Such as 10 for “10 working days before go-live”."),
        min_value=0,
        max_value=MAX_DUE_DAYS,
        required=False,
    )
    due_unit = forms.ChoiceField(
        label=_("Which days count?"),
        help_text=_("Working days leave out weekends and holidays."),
        choices=[
            (DueUnit.DAYS, _("Every day")),
            (DueUnit.WORKING_DAYS, _("Working days")),
        ],
        widget=forms.RadioSelect,
        initial=DueUnit.DAYS,
        required=False,
    )
    due_on = DayField(label=_("The date, if it is fixed"), required=False)

    def clean(self) -> dict[str, Any]:
        """The rule has what it needs and nothing else."""
        values = super().clean() or {}
        values["due_unit"] = values.get("due_unit") or DueUnit.DAYS
        if values.get("due_days") is None:
            values["due_unit"] = DueUnit.DAYS  # where nothing is counted it says nothing
        if not self.errors:
            check_due_rule(values["due_rule"], values["due_on"], values["due_days"])
        return values


class EditPlanForm(PlanForm):
    """The same of a plan that there is, and which action it carries out.

    `order_stays` says why its activities go on opening as they do; empty where that may change.
    """

    action = forms.ModelChoiceField(
        label=_("Which action does it carry out?"),
        queryset=MitigationAction.objects.none(),
        required=False,
        empty_label=_("none in particular"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, user: User, initiative: Initiative, order_stays: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, user=user, initiative=initiative, **kwargs)
        order = self.fields["is_sequential"]
        order.disabled, order.help_text = bool(order_stays), order_stays

    def offer(self, user: User, initiative: Initiative) -> None:
        """With the actions."""
        fields: dict[str, Any] = self.fields
        planned = MitigationAction.objects.visible_to(user).filter(initiative=initiative)
        fields["action"].queryset = planned
        offer_together(self, sources=SourcesField.columns, action="title")


class EditItemForm(DueRuleForm):
    """One activity in its plan."""

    field_order = ("is_required",)
    is_required = forms.TypedChoiceField(
        label=_("Does everyone have to do it?"),
        choices=[(True, _("Yes, it is required")), (False, _("No, the plan is complete without"))],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("as its group has it")), *DueRule.choices[1:]]
        self.fields["due_rule"].choices = choices  # type: ignore[attr-defined]  # a choice
        self.fields["due_rule"].help_text = _("A date of its own wins over that of the group.")


class ReasonForm(forms.Form):
    """Why a decision about somebody is made."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_(
            "The person reads it. It is kept in the history of the initiative, which its sponsor "
            "reads too."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FinishedForm(forms.Form):
    """What becomes of those who had finished a plan that gets more; they stay, unless asked for."""

    LEAVE, REOPEN = "leave", "reopen"
    finished = forms.ChoiceField(
        choices=[
            (LEAVE, _("They stay as they are")),
            (REOPEN, _("They get it too, and the plan is open again for them")),
        ],
        widget=forms.RadioSelect,
        initial=LEAVE,
    )

    def __init__(self, *args: Any, finished: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = ngettext(
            "%(people)s person had finished the plan. What about them?",
            "%(people)s people had finished the plan. What about them?",
            finished,
        )
        self.fields["finished"].label = words % {"people": finished}


class VersionForm(forms.Form):
    """What a new version means for those who did an older one; asked each time, nothing chosen."""

    completed = forms.ChoiceField(choices=OlderVersions.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, finished: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not finished:
            del self.fields["completed"]
            return
        words = ngettext(
            "%(people)s person did an older version. What about that?",
            "%(people)s people did an older version. What about that?",
            finished,
        )
        self.fields["completed"].label = words % {"people": finished}


class NothingForm(forms.Form):
    """A page that asks for nothing but a press of its button."""
