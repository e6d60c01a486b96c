"""The forms of readings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField, TableField


class ReadingForm(forms.Form):
    """What an objective was found to be on a day."""

    value = forms.DecimalField(
        label=_("How much is it?"),
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    measured_on = DayField(label=_("On which day?"))
    note = forms.CharField(
        label=_("Where does it come from?"),
        help_text=_("Such as “report of the telephone system”. Everybody can read it."),
        max_length=200,
        required=False,
    )


class EditReadingForm(ReadingForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReadingsFileForm(forms.Form):
    """A file with one row for each reading."""

    file = TableField(
        label=_("Excel or CSV file (.xlsx, .csv)"),
        help_text=_("One row for each reading, the names of the columns above them."),
    )
