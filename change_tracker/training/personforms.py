"""Forms about the work of one person: more time, and taking a completion back."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField, WebField
from change_tracker.core.uploads import check_upload, limits_in_words
from change_tracker.training.forms import ReasonForm

NOTE_FIELD = forms.CharField(
    label=_("Do you want to say something about it?"),
    help_text=_("Those who decide read it: your manager, the lead, your coach, human resources."),
    widget=forms.Textarea(attrs={"rows": 3}),
    required=False,
)


class RevokeForm(ReasonForm):
    """Why somebody's completion is taken back, and by when the work is due again, if it is."""

    due_on = DayField(label=_("By when is it to do again?"), required=False)

    def __init__(self, *args: Any, asks_again: bool, has_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required = has_date
        if not asks_again:
            del self.fields["due_on"]


class UntilForm(forms.Form):
    """Until when people get more time."""

    until = DayField(label=_("Until when?"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        """A day that is still to come."""
        day: date = self.cleaned_data["until"]
        if day < self.today:
            raise ValidationError(_("Choose a day that is still to come."))
        return day


class MoreTimeForm(forms.Form):
    """Asking for a later date."""

    wanted_on = DayField(label=_("Until when?"))
    reason = forms.CharField(
        label=_("Why do you need more time?"),
        help_text=_(
            "Your manager, the lead and human resources read it. Say only what they need to "
            "know to decide."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Answering somebody who asks for more time: a date to say yes, a reason to say no."""

    due_on = DayField(label=_("New date, if you say yes"), required=False)
    answer = forms.CharField(
        label=_("What do you say to it? A no needs a reason."),
        help_text=_(
            "The person reads it. It is kept in the history of the initiative, which its sponsor "
            "reads too."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, grants: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is not asked for by the button that was pressed is not judged either.
        self.needed = "due_on" if grants else "answer"

    def clean(self) -> dict[str, Any]:
        """The date for a yes, the reason for a no."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get(self.needed) and self.needed not in self.errors:
            words = {"due_on": _("Choose the new date."), "answer": _("Give a reason.")}
            self.add_error(self.needed, words[self.needed])
        return values


class HandInForm(forms.Form):
    """Handing in a file or a link."""

    file = forms.FileField(label=_("Which file?"), required=False)
    link = WebField(
        label=_("Or which link?"),
        help_text=_("The address of a page that your manager and the lead can open."),
        required=False,
        assume_scheme="https",
        max_length=500,
    )
    note = NOTE_FIELD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = limits_in_words()

    def clean_file(self) -> Any:
        """A file of a size and type that are taken."""
        file = self.cleaned_data["file"]
        if file:
            check_upload(file)
        return file

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(values.get("file")) == bool(values.get("link")):
            self.add_error("file", _("Choose a file, or give a link: one of the two."))
        return values


class ReadyForm(forms.Form):
    """Saying that one is ready for a sign-off."""

    note = NOTE_FIELD


class VerdictForm(forms.Form):
    """What one says to somebody who handed something in; giving it back needs words."""

    answer = forms.CharField(
        label=_("What do you say to it? Giving it back needs a note."),
        help_text=_(
            "The person reads it. It is kept in the history of the initiative, which its sponsor "
            "reads too."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, gives_back: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gives_back = gives_back

    def clean_answer(self) -> str:
        """Words, where it is given back."""
        answer: str = self.cleaned_data["answer"]
        if self.gives_back and not answer:
            raise ValidationError(_("Say what is missing, so that the person can go on."))
        return answer
