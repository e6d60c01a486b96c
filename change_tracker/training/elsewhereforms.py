"""The form for what one learnt elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.formfields import DayField, WebField
from change_tracker.core.uploads import check_upload, limits_in_words
from change_tracker.training.models import ExternalLearning, LearningActivity, TrainingRecord
from change_tracker.training.personforms import VerdictForm


class ElsewhereForm(forms.Form):
    """What, where, when, how long, what it counts for, and what shows it."""

    title = forms.CharField(label=_("What was it called?"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What was it?"), choices=ExternalLearning.Kind.choices, widget=forms.RadioSelect
    )
    learnt_on = DayField(label=_("When was it? If it took several days, the last one."))
    minutes = forms.IntegerField(
        label=_("How many minutes did it take?"), min_value=0, max_value=100_000, required=False
    )
    activity = forms.ModelChoiceField(
        label=_("Does it count for something that you have to do?"),
        queryset=LearningActivity.objects.none(),
        required=False,
        empty_label=_("no, it stands by itself"),
    )
    file = forms.FileField(label=_("A file that shows it, if there is one"), required=False)
    link = WebField(label=_("Or a link"), required=False, assume_scheme="https", max_length=500)
    note = forms.CharField(
        label=_("What did you learn?"),
        help_text=_("Your manager and human resources read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = limits_in_words()
        mine = TrainingRecord.objects.own(user).outstanding().opened()
        rows = LearningActivity.objects.filter(pk__in=mine.values("activity")).order_by("title")
        self.fields["activity"].queryset = rows  # type: ignore[attr-defined]  # a choice

    def clean_file(self) -> Any:
        """A file of a size and type that are taken."""
        file = self.cleaned_data["file"]
        if file:
            check_upload(file)
        return file

    def clean_minutes(self) -> int:
        """Left empty: not known."""
        return self.cleaned_data["minutes"] or 0


class ElsewhereVerdictForm(VerdictForm):
    """The same verdict; it belongs to no initiative, so its history is for human resources."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].help_text = _(
            "The person reads it. It is kept in the history, which human resources read."
        )
