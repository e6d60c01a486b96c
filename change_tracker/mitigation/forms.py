"""The forms of an action."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import DayField, TicksField
from change_tracker.people.models import Audience, Person
from change_tracker.resistance.models import StrategyType
from change_tracker.resistance.models.catalogue import ActionKind

#: Fields that choose among rows, and what their choices say.
CHOSEN = {"strategy": "label", "audiences": "name", "owner": "display_name"}


class SourcesField(TicksField):
    """Entries of the register, in their own words."""

    #: what `words` are made of
    columns = ("statement", "type__label")

    @staticmethod
    def words(statement: str, kind: str) -> str:
        """What is heard, and of which kind it is."""
        return f"{Truncator(statement).chars(120)} ({kind})"

    def label_from_instance(self, obj: Any) -> str:
        """The same of a row."""
        return self.words(obj.statement, obj.type.label)


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
        help_text=_("If it stays empty, the name of the strategy is used."),
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
    audiences: Any = TicksField(
        label=_("Which groups does it touch?"),
        help_text=_("People in them see the action, but not the resistance that it answers."),
        queryset=None,
        required=False,
    )
    owner: Any = forms.ModelChoiceField(
        label=_("Who does it?"), queryset=None, required=False, empty_label=_("nobody yet")
    )
    due_on = DayField(label=_("Until when?"), required=False)
    minutes = forms.IntegerField(
        label=_("How many minutes does it ask of each person?"),
        help_text=_("Left empty, it asks for none of their time."),
        required=False,
        min_value=0,
        max_value=32767,
    )

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
        self.offer()

    def offer(self) -> None:
        """One query for whatever there is to choose."""
        offer_together(self, **CHOSEN)

    def clean_minutes(self) -> int:
        """No answer is no time."""
        return self.cleaned_data["minutes"] or 0

    def clean(self) -> dict[str, Any]:
        """An action of one's own needs its own title and kind."""
        values = super().clean() or {}
        if not values.get("strategy"):
            if not values.get("title"):
                self.add_error("title", _("Say what you do, or choose a strategy."))
            if not values.get("kind"):
                self.add_error("kind", _("Choose the kind of work, or a strategy."))
        return values


class AnsweringForm(ActionForm):
    """The same, with the resistances that it answers."""

    sources: Any = SourcesField(
        label=_("What does it answer?"),
        help_text=_("Choose one or more entries of the register."),
        queryset=None,
        error_messages={"required": _("Choose at least one resistance that it answers.")},
    )
    field_order = ("sources",)

    def __init__(self, data: Any = None, *, sources: QuerySet[Any], **options: Any) -> None:
        self.answerable = sources
        super().__init__(data, **options)

    def offer(self) -> None:
        """With the resistances."""
        fields: dict[str, Any] = self.fields
        fields["sources"].queryset = self.answerable
        offer_together(self, **CHOSEN, sources=SourcesField.columns)


class EditActionForm(AnsweringForm):
    """Everything that can be changed by hand, of the version that was shown."""

    kind = forms.ChoiceField(
        label=_("What kind of work is it?"),
        help_text=_(
            "Another kind empties what only this one asks for, and so does a strategy of another "
            "kind."
        ),
        choices=[("", _("Choose one")), *ActionKind.choices],
        required=False,
    )
    outcome = forms.CharField(
        label=_("What came of it?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A kind that was left as it is gives way to that of another strategy."""
        values = super().clean()
        is_other = values.get("strategy") not in {None, self.initial["strategy"]}
        if is_other and values.get("kind") == self.initial["kind"]:
            values["kind"] = ""
        return values


class HillForm(forms.Form):
    """Where an action stands on the hill, from 0 to 100; works with keyboard and without script."""

    use_required_attribute = False  # a range always has a value, and HTML knows no required one
    position = forms.IntegerField(
        label=_("How far is it?"),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        widget=forms.NumberInput(
            attrs={
                "type": "range",
                "min": 0,
                "max": 100,
                "step": 5,
                "list": "ct-hill-words",
                "class": "ct-range",
                "aria-describedby": "ct-hill-hint",
            }
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MoveActionForm(forms.Form):
    """On to another state; what it asks for beside that depends on the state.

    Who writes over what was said before says of which version that was.
    """

    to = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        to: str,
        needs_reason: bool,
        asks_outcome: bool,
        outcome: str,
        version: int,
    ) -> None:
        super().__init__(data, initial={"to": to, "outcome": outcome, "expected_version": version})
        if asks_outcome:
            self.fields["expected_version"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput
            )
            self.fields["outcome"] = forms.CharField(
                label=_("What came of it?"),
                help_text=_("What eased it, or why not; the next one who plans this reads it."),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Why?"),
                help_text=_("It is kept in the history of the initiative."),
                widget=forms.Textarea(attrs={"rows": 3}),
            )


class DoneOnForm(forms.Form):
    """The day on which work was done, of the version that was shown."""

    done_on = DayField(
        label=_("On which day was it done?"),
        help_text=_("A review after that day can show whether it worked."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """What a sponsor says to what blocks an action."""

    text = forms.CharField(
        label=_("What do you decide, or do about it?"),
        help_text=_("Who works in the initiative reads it beside the action. Say by when."),
        error_messages={"required": _("Say what you decide, or what you do about it.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CarryForm(forms.Form):
    """Resistance in another initiative that the work shall answer there."""

    sources: Any = SourcesField(
        label=_("What does it answer there?"),
        queryset=None,
        error_messages={"required": _("Choose at least one resistance that it answers there.")},
    )

    def __init__(self, data: Any = None, *, sources: QuerySet[Any]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["sources"].queryset = sources


class DeleteForm(forms.Form):
    """Nothing but the press of the button."""
