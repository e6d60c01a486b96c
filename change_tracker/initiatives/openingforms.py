"""The forms of the first and the last step in which an initiative is opened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField
from change_tracker.initiatives.models import Objective
from change_tracker.initiatives.services.opening import Shown
from change_tracker.people.models import Person
from change_tracker.people.pickers import PersonField

#: What an objective is made of in this form, beside its title.
OF_GOAL = ("unit", "baseline", "target", "direction")


class WhatForm(forms.Form):
    """What changes, and why."""

    title = forms.CharField(
        label=_("What is the change called?"),
        help_text=_("A few words that everybody understands, such as “One number for all calls”."),
        max_length=200,
    )
    purpose = forms.CharField(
        label=_("Why do we do this?"),
        help_text=_("It stands above everything that people read about it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    future_state = forms.CharField(
        label=_("How will it be?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    stays_the_same = forms.CharField(
        label=_("What stays the same?"),
        help_text=_("What people may fear to lose, and will not."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EditWhatForm(WhatForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DateForm(forms.Form):
    """When it goes live, who stands for it, and the first thing that it wants to reach."""

    go_live_on = DayField(
        label=_("When does it go live?"),
        help_text=_("The day from which the new way is the way. It can be moved."),
        required=False,
    )
    sponsor = PersonField(
        label=_("Who is the sponsor?"),
        help_text=_("Somebody with a say, who stands for the change in front of everybody."),
        required=False,
    )
    title = forms.CharField(
        label=_("What do you want to reach first?"),
        help_text=_("Something that can be measured, such as “Calls solved at once”."),
        max_length=200,
        required=False,
    )
    unit = forms.CharField(
        label=_("In what is it measured?"),
        help_text=_("Such as %, days or calls a week."),
        max_length=50,
        required=False,
    )
    baseline = forms.DecimalField(
        label=_("How much is it today?"), max_digits=14, decimal_places=2, required=False
    )
    target = forms.DecimalField(
        label=_("How much shall it be?"), max_digits=14, decimal_places=2, required=False
    )
    direction = forms.ChoiceField(
        label=_("Which way is better?"),
        choices=Objective.Direction.choices,
        initial=Objective.Direction.UP,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    sponsor_shown = forms.IntegerField(widget=forms.HiddenInput, required=False)
    goal = forms.IntegerField(widget=forms.HiddenInput, required=False)
    goal_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, people: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        sponsor: Any = self.fields["sponsor"]
        sponsor.people = people

    def clean(self) -> dict[str, Any]:
        """Figures belong to something that one wants to reach."""
        values = super().clean() or {}
        has_figures = any(values.get(name) not in (None, "") for name in OF_GOAL[:-1])
        if not values.get("title") and "title" not in self.errors:
            if values.get("goal"):
                self.add_error("title", _("Say what you want to reach."))
            elif has_figures:
                self.add_error("title", _("Say what the figures are about."))
        return values

    def described(self) -> dict[str, Any]:
        """The objective that was described; empty where none was."""
        values = self.cleaned_data
        return {name: values[name] for name in ("title", *OF_GOAL)} if values["title"] else {}

    def shown(self) -> Shown:
        """What stood in the form before."""
        said = self.cleaned_data
        goal = (said["goal"], said["goal_version"] or 0) if said["goal"] else None
        return Shown(version=said["version"], sponsor=said["sponsor_shown"], goal=goal)

    def sponsor_chosen(self) -> Person | None:
        """Who was chosen."""
        person: Person | None = self.cleaned_data["sponsor"]
        return person
