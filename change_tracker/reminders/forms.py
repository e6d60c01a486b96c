"""The forms of mail: how one wishes to get it, and what its links do."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField
from change_tracker.reminders.channels import choices
from change_tracker.reminders.models import MailPreference
from change_tracker.reminders.models.words import MOST_WORDS
from change_tracker.reminders.placeholders import check_words
from change_tracker.reminders.recipients import sending_days
from change_tracker.reminders.wishes import check_days
from change_tracker.training.models import ExternalLearning
from change_tracker.training.personforms import MoreTimeForm

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def words_field(label: Any, about: Any) -> forms.CharField:
    """One text of a mail, with placeholders."""
    return forms.CharField(
        label=label,
        help_text=about,
        required=False,
        max_length=MOST_WORDS,
        validators=[check_words],
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def weekdays() -> list[tuple[str, Any]]:
    """The days that can be chosen: those on which mail leaves from here."""
    offered = sending_days() or tuple(WEEKDAYS)
    return [(str(number), name) for number, name in WEEKDAYS.items() if number in offered]


class DressedForm(forms.Form):
    """Its fields look as on our other pages, also on a page of its own kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "ct-in")


class WishesForm(DressedForm):
    """How often, on which days, from which hour and by which way."""

    cadence = forms.ChoiceField(
        label=_("How often?"),
        choices=MailPreference.Cadence.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Required training is announced once and called for once more just before it is due, "
            "whatever you choose: that cannot be switched off."
        ),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On which days?"),
        help_text=_("Only where you choose days above."),
        choices=weekdays,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    from_hour = forms.TypedChoiceField(
        label=_("Not before"),
        choices=[("", _("the usual hour")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("By which way?"),
        widget=forms.RadioSelect,
    )
    quiet_until = DayField(
        label=_("Quiet until"),
        help_text=_(
            "Leave it empty for no break. The last day of the break, a month ahead at most."
        ),
        required=False,
    )

    def __init__(self, *args: Any, today: date, has_login: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        way: Any = self.fields["channel"]
        way.choices = choices(has_login=has_login)
        way.help_text = _("Your inbox here has it all.") if has_login else ""

    def clean_weekdays(self) -> str:
        """As they are stored."""
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        """Days, where the cadence asks for some."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "cadence" in values and "weekdays" in values:
            check_days(values["cadence"], values["weekdays"])
        return values

    def clean_quiet_until(self) -> date | None:
        """At most a month, and not over already."""
        until: date | None = self.cleaned_data["quiet_until"]
        if until and not timedelta(0) <= until - self.today <= timedelta(days=31):
            raise forms.ValidationError(_("Choose a day within the next month."))
        return until


class AskForTimeForm(DressedForm, MoreTimeForm):
    """The same from a mail, where a word is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class MailWordsForm(forms.Form):
    """What an initiative says in its own words, in one language."""

    for_new = words_field(
        _("When training is new"),
        _("Above what somebody got, or got to do again."),
    )
    for_soon = words_field(_("When it is coming up"), _("Above what is due in the days to come."))
    for_late = words_field(_("When it is late"), _("Above what is past its date."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DoneElsewhereForm(DressedForm):
    """What and when."""

    kind = forms.ChoiceField(
        label=_("What was it?"), choices=ExternalLearning.Kind.choices, widget=forms.RadioSelect
    )
    learnt_on = DayField(label=_("When was it? If it took several days, the last one."))
    note = forms.CharField(
        label=_("What did you learn?"),
        help_text=_("Your manager and human resources read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
