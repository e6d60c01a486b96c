"""The forms of milestones."""

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField


class MilestoneForm(forms.Form):
    """A date on the way."""

    title = forms.CharField(
        label=_("What is there to reach on the way?"),
        help_text=_("Such as “The first hundred calls are answered on the new number”."),
        max_length=200,
    )
    due_on = DayField(label=_("By when?"))


class EditMilestoneForm(MilestoneForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReachForm(forms.Form):
    """When it was reached, and what there is to celebrate."""

    reached_on = DayField(label=_("On which day?"))
    words = forms.CharField(
        label=_("What is there to celebrate, and who made it possible?"),
        help_text=_("Everybody whom the initiative touches reads this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
