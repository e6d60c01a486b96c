"""Forms of the groups that get a plan."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.initiatives.models import AffectedGroup
from change_tracker.people.models import Audience
from change_tracker.training.forms import DueRuleForm
from change_tracker.training.models import OnLeave, PlanAudience, TrainingPlan

TAKEN = _("This group gets the plan already, or you may not choose it.")


class LeavingForm(DueRuleForm):
    """By when, and what becomes of the work of who leaves the group."""

    on_leave = forms.ChoiceField(
        label=_("What if somebody leaves the group?"),
        help_text=_("What is done stays in any case; who leaves the company keeps nothing to do."),
        choices=[
            (OnLeave.WITHDRAW, _("What is not done is no longer asked of them")),
            (OnLeave.KEEP, _("They keep the plan, and go on with it")),
        ],
        widget=forms.RadioSelect,
        initial=OnLeave.WITHDRAW,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Where nothing is said it stays as it is."""
        values = super().clean()
        kept = self.initial.get("on_leave", OnLeave.WITHDRAW)
        return values | {"on_leave": values.get("on_leave") or kept}


class RuleForm(LeavingForm):
    """Who gets a plan, and by when. The groups that the change touches come first."""

    field_order = ("audience",)
    audience = forms.ModelChoiceField(
        label=_("Who gets it?"),
        queryset=Audience.objects.none(),
        empty_label=_("Choose one"),
        error_messages={"invalid_choice": TAKEN},
    )

    def __init__(self, *args: Any, user: User, plan: TrainingPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = plan.audiences.values("audience")
        touched = AffectedGroup.objects.filter(
            initiative=plan.initiative_id, audience=OuterRef("pk")
        )
        known: Any = Audience.objects.known_in_full_to(user).exclude(pk__in=taken)
        choices = known.annotate(is_touched=Exists(touched)).order_by("-is_touched", "name", "pk")
        self.fields["audience"].queryset = choices  # type: ignore[attr-defined]  # a choice


class EditRuleForm(LeavingForm):
    """Who gets a plan, and by when; who it is stays once the rule was carried out."""

    field_order = ("audience",)
    audience = forms.ModelChoiceField(
        label=_("Who gets it?"),
        queryset=Audience.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": TAKEN},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, rule: PlanAudience, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule.first_assigned_on is not None:
            del self.fields["audience"]
            return
        taken = rule.plan.audiences.exclude(pk=rule.pk).values("audience")
        known = Audience.objects.known_in_full_to(user)
        choices = (known | Audience.objects.filter(pk=rule.audience_id)).exclude(pk__in=taken)
        self.fields["audience"].queryset = choices  # type: ignore[attr-defined]  # a choice
