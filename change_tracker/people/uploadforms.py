"""Forms of those who bring people in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import TableField
from change_tracker.people.services.sync import COLUMNS, REQUIRED

LABELS = {
    "external_id": _("Key in the staff list, such as the staff number"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "job_title": _("Job title"),
    "unit_id": _("Key of the unit"),
    "unit": _("Name of the unit"),
    "unit_parent": _("Unit above it"),
    "manager": _("Manager, by their key"),
    "location": _("Location"),
    "timezone": _("Time zone"),
    "language": _("Language"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "username": _("Login"),
    "absent_from": _("Away from"),
    "absent_to": _("Away until"),
}


class RosterForm(forms.Form):
    """Which file, and whether it names everybody."""

    file = TableField(
        label=_("CSV or XLSX file"),
        help_text=_("One row for each person, the names of the columns above them."),
    )
    is_full = forms.BooleanField(
        label=_("The file lists everybody who works here: whoever is missing from it has left"),
        required=False,
    )


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours."""

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = [(each, each) for each in dict.fromkeys(headings)]
        for name in COLUMNS:
            needed = name in REQUIRED
            nothing = _("Choose a column") if needed else _("Not in the file")
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=[("", nothing), *theirs], required=needed
            )


class ImportForm(forms.Form):
    """Applying what was shown; beyond the usual it has to be confirmed."""

    confirm = forms.BooleanField(
        label=_("It is right that so many people leave or move"),
        error_messages={"required": _("Tick this if it is right.")},
    )

    def __init__(self, *args: Any, is_unusual: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_unusual:
            del self.fields["confirm"]
