"""Forms about the work of one person: more time, and taking a completion back."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField
from change_tracker.training.forms import ReasonForm


class RevokeForm(ReasonForm):
    """Why somebody's completion is taken back, and by when the work is due again."""

    due_on = DayField(label=_("By when is it to do again?"), required=False)

    def __init__(self, *args: Any, has_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required = has_date


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
