"""The form of an activity."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import TicksField, WebField
from change_tracker.core.uploads import check_upload, limits_in_words
from change_tracker.resistance.models import Technique
from change_tracker.training.models import ActivityKind, LearningActivity
from change_tracker.training.models.activities import MAX_VALID_MONTHS, check_completion_rule


class ActivityForm(forms.Form):
    """Something to learn from: what it is called and what one does."""

    title = forms.CharField(label=_("What is it called?"), max_length=200)
    kind = forms.ModelChoiceField(
        label=_("What kind of learning is it?"),
        queryset=ActivityKind.objects.none(),
        required=False,
        empty_label=_("none in particular"),
    )
    body = forms.CharField(
        label=_("What do people do?"),
        help_text=_(
            "You may use Markdown: *emphasis*, **strong**, lines that begin with “- ” for a list, "
            "[words](https://…) for a link, an empty line between paragraphs."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    url = WebField(label=_("Link to the material"), required=False, assume_scheme="https")
    minutes = forms.IntegerField(
        label=_("How many minutes does it take?"), min_value=0, max_value=10_000, required=False
    )
    topics = TicksField(
        label=_("Which topics does it teach?"),
        queryset=Technique.objects.none(),
        required=False,
    )
    completion_rule = forms.ChoiceField(
        label=_("When does it count as done?"),
        choices=LearningActivity.CompletionRule.choices,
        widget=forms.RadioSelect,
        initial=LearningActivity.CompletionRule.ATTEST,
        required=False,
    )
    pass_score = forms.DecimalField(
        label=_("The score that is needed, if it is done with a score"),
        max_digits=7,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    valid_months = forms.IntegerField(
        label=_("For how many months does it count?"),
        help_text=_(
            "Leave it empty where it counts for good. Else people are asked to do it again in "
            "time. Another number is for what is done from now on."
        ),
        min_value=1,
        max_value=MAX_VALID_MONTHS,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        kinds, topics = ActivityKind.objects.visible_to(user), Technique.objects.visible_to(user)
        fields["kind"].queryset = kinds.order_by("label")
        fields["topics"].queryset = topics.order_by("label")
        offer_together(self, kind="label", topics="label")
        if not list(fields["topics"].choices):
            del fields["topics"]

    def clean_minutes(self) -> int:
        """Left empty: not known."""
        return self.cleaned_data["minutes"] or 0

    def clean_completion_rule(self) -> str:
        """Left empty: the person's own word."""
        return self.cleaned_data["completion_rule"] or LearningActivity.CompletionRule.ATTEST

    def clean(self) -> dict[str, Any]:
        """The rule has the score that it needs, and no other."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            check_completion_rule(values["completion_rule"], values["pass_score"])
        return values


class ActivityFileForm(forms.Form):
    """One more file of an activity."""

    file = forms.FileField(label=_("Which file?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = limits_in_words()

    def clean_file(self) -> Any:
        """A file of a size and type that are taken."""
        check_upload(self.cleaned_data["file"])
        return self.cleaned_data["file"]
