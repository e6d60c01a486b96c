"""The forms of an initiative that was opened."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from change_tracker.core.formfields import DayField
from change_tracker.initiatives.models import Objective, Role
from change_tracker.initiatives.parts import explained
from change_tracker.people.models import Person
from change_tracker.people.pickers import PersonField


def _text(**options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), required=False, **options)


def _number(**options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any"})
    return forms.DecimalField(
        max_digits=14, decimal_places=2, required=False, widget=widget, **options
    )


class InitiativeForm(forms.Form):
    """What an initiative says of itself, of the version that was shown."""

    title = forms.CharField(label=_("What do you call the change?"), max_length=200)
    purpose = _text(
        label=_("Why do we do this?"),
        help_text=_("Everybody whom it touches reads this first."),
    )
    future_state = _text(label=_("How will it be?"))
    stays_the_same = _text(label=_("What stays the same?"))
    go_live_on = DayField(
        label=_("When does it go live?"),
        help_text=_("The day from which the new way is the way. It can be moved."),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class CopyForm(forms.Form):
    """What the new one is called."""

    title = forms.CharField(label=_("What do you call the new change?"), max_length=200)


class ObjectiveForm(forms.Form):
    """A success criterion: from where, to where, by when."""

    title = forms.CharField(
        label=_("What do you want to reach?"),
        help_text=_("Such as “Calls solved at once”."),
        max_length=200,
    )
    unit = forms.CharField(
        label=_("In what do you measure it?"),
        help_text=_("Such as “%” or “days”."),
        max_length=50,
        required=False,
    )
    baseline = _number(label=_("Where do you start?"))
    target = _number(label=_("Where do you want to be?"))
    direction = forms.ChoiceField(
        label=_("Which way is better?"),
        choices=[
            (Objective.Direction.UP, _("Higher is better")),
            (Objective.Direction.DOWN, _("Lower is better")),
        ],
        initial=Objective.Direction.UP,
        widget=forms.RadioSelect,
    )
    due_on = DayField(label=_("By when?"), required=False)


class EditObjectiveForm(ObjectiveForm):
    """The same, of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MemberForm(forms.Form):
    """Who plays which part."""

    person = PersonField(
        label=_("Who is it?"),
        help_text=_("Everybody who works here can be found by name; a part of it is enough."),
    )
    role = forms.ChoiceField(
        label=_("Which part do they play?"),
        choices=[(role.value, explained(role)) for role in Role],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, people: QuerySet[Person], role: str = "") -> None:
        """`people` may be chosen."""
        super().__init__(data, initial={"role": role})
        person: Any = self.fields["person"]
        person.people = people


class HandOverForm(forms.Form):
    """Who has the role from now on."""

    person = PersonField(
        label=_("Who takes it over?"),
        help_text=_("Everybody who works here can be found by name; a part of it is enough."),
    )

    with_work = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, people: QuerySet[Person], open_work: int = 0) -> None:
        """`people` may be chosen; `open_work` is how much goes over as well, if that is wanted."""
        super().__init__(data)
        if open_work:
            words = ngettext(
                "Hand over the open action as well",
                "Hand over the %(number)s open actions as well",
                open_work,
            )
            self.fields["with_work"].label = words % {"number": open_work}
        else:
            del self.fields["with_work"]
        person: Any = self.fields["person"]
        person.people = people


class MoveForm(forms.Form):
    """What a move asks for beside being wanted."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It is kept in the history of the initiative."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    closing_note = forms.CharField(
        label=_("What came of it, and what did you learn?"),
        help_text=_("Whoever opens the initiative later reads this."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, asks: set[str], closing_note: str = "") -> None:
        """Only what is in `asks` stays."""
        super().__init__(data, initial={"closing_note": closing_note})
        for name in self.fields.keys() - asks:
            del self.fields[name]
