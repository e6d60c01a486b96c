"""The form of an action."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from change_tracker.people.models import Audience, Person
from change_tracker.resistance.forms import DayField
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.models.catalogue import ActionKind


class ActionForm(forms.Form):
    """Dated work against a resistance; a strategy brings its kind of work and its title."""

    strategy: Any = forms.ModelChoiceField(
        label=_("Which strategy is it?"),
        queryset=None,
        required=False,
        empty_label=_("one of our own"),
    )
    title = forms.CharField(
        label=_("What do you do?"),
        help_text=_("Left empty, it is called like its strategy."),
        max_length=200,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("What kind of work is it?"),
        help_text=_("Left open, it is that of the strategy."),
        choices=[("", _("Choose one")), *ActionKind.choices],
        required=False,
    )
    description = forms.CharField(
        label=_("What exactly?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    audiences: Any = forms.ModelMultipleChoiceField(
        label=_("Which groups does it touch?"),
        help_text=_("People in them see the action, but not the resistance that it answers."),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner: Any = forms.ModelChoiceField(
        label=_("Who does it?"), queryset=None, required=False, empty_label=_("nobody yet")
    )
    due_on = DayField(label=_("Until when?"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        strategies: QuerySet[StrategyType],
        groups: QuerySet[Audience],
        people: QuerySet[Person],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["strategy"].queryset = strategies
        fields["audiences"].queryset = groups
        fields["owner"].queryset = people

    def clean(self) -> dict[str, Any]:
        """An action of one's own needs its own title and kind."""
        values = super().clean() or {}
        if not values.get("strategy"):
            if not values.get("title"):
                self.add_error("title", _("Say what you do, or choose a strategy."))
            if not values.get("kind"):
                self.add_error("kind", _("Choose the kind of work, or a strategy."))
        return values
