"""The form by which open actions are called off together."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from change_tracker.core.choices import offer_together
from change_tracker.core.formfields import TicksField
from change_tracker.mitigation.models import MitigationAction


class ActionsField(TicksField):
    """Actions by their title and how they stand."""

    #: what `words` are made of
    columns = ("title", "state")

    @staticmethod
    def words(title: str, state: str) -> str:
        """What it is, and in which state."""
        return f"{title} ({MitigationAction.State(state).label})"

    def label_from_instance(self, obj: Any) -> str:
        """The same of a row."""
        return self.words(obj.title, obj.state)


class CallOffForm(forms.Form):
    """Which open actions end, all of them at first, and why; `looked` once that was shown."""

    chosen: Any = ActionsField(
        label=_("Which actions do you call off?"),
        queryset=None,
        error_messages={
            "required": _("Choose at least one action."),
            "invalid_choice": _(
                "One of these actions has ended meanwhile. Look at the choice again."
            ),
        },
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It is kept in the history of each of them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    looked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actions: QuerySet[Any]) -> None:
        super().__init__(data, initial={"chosen": actions})
        fields: dict[str, Any] = self.fields
        fields["chosen"].queryset = actions
        offer_together(self, chosen=ActionsField.columns)
