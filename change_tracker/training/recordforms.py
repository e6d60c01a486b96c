"""The form of those who record for others what they did."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formfields import DayField
from change_tracker.core.keys import is_key
from change_tracker.training.models import TrainingRecord


class KeysField(forms.MultipleChoiceField):
    """Ticked rows by key; what became of a row in the meantime is for the service to say."""

    widget = forms.CheckboxSelectMultiple
    part = "change_tracker/parts/record_choices.html"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        #: what there is to tick
        self.records: Sequence[TrainingRecord] = ()

    def valid_value(self, value: Any) -> bool:
        """Whether it is a key."""
        return is_key(str(value))


class ForOthersForm(forms.Form):
    """Who did it, and on which day."""

    records = KeysField(label=_("Who did it?"), required=False)
    everyone = forms.BooleanField(label=_("Everyone in this list"), required=False)
    completed_on = DayField(label=_("On which day?"))

    def __init__(self, *args: Any, records: Sequence[TrainingRecord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = records
        self.fields["records"].records = records  # type: ignore[attr-defined]  # our own field
        if len(records) == 1:
            del self.fields["records"], self.fields["everyone"]

    def clean(self) -> dict[str, Any]:
        """At least one person."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if len(self.known) != 1 and not values.get("records") and not values.get("everyone"):
            raise ValidationError({"records": _("Choose at least one person.")})
        return values

    def keys(self) -> list[int]:
        """The records that are meant."""
        if len(self.known) == 1 or self.cleaned_data["everyone"]:
            return [record.pk for record in self.known]
        return [int(key) for key in self.cleaned_data["records"]]
