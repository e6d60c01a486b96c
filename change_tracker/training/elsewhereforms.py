"""The form for what one learnt elsewhere."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.formfields import DayField, TicksField, WebField
from change_tracker.core.uploads import check_upload, limits_in_words
from change_tracker.people.models import Person
from change_tracker.resistance.models import Technique
from change_tracker.training.matching import Match, open_work_of, topics_of
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
    topics = TicksField(
        label=_("Was it about one of these?"),
        help_text=_(
            "What you have to do teaches them. Whoever confirms it sees what else it could count "
            "for, and decides."
        ),
        queryset=Technique.objects.none(),
        required=False,
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
        me = Person.objects.of_user(user).first()
        mine: Any = open_work_of(me) if me else TrainingRecord.objects.none()
        rows = LearningActivity.objects.filter(pk__in=mine.values("activity")).order_by("title")
        self.fields["activity"].queryset = rows  # type: ignore[attr-defined]  # a choice
        topics = topics_of(me) if me else Technique.objects.none()
        if topics.exists():
            self.fields["topics"].queryset = topics  # type: ignore[attr-defined]  # the same
        else:
            del self.fields["topics"]

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
    """The same verdict; it belongs to no initiative, so its history is for human resources.

    What else it could count for (`alike`) is said before it is confirmed, and may be left out.
    """

    also = forms.TypedMultipleChoiceField(
        label=_("This also counts for"),
        help_text=_(
            "It is about a topic that these teach. What stays ticked is done when you confirm it."
        ),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": _("What it can count for is different by now. Look at it once more.")
        },
    )
    field_order = ("also", "answer")

    def __init__(self, *args: Any, alike: Sequence[Match] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(match.record.pk, match.words) for match in alike]
        if choices:
            self.fields["also"].choices = choices  # type: ignore[attr-defined]  # a choice
            self.initial.setdefault("also", [key for key, _words in choices])
        else:
            del self.fields["also"]
        self.fields["answer"].help_text = _(
            "The person reads it. It is kept in the history, which human resources read."
        )
