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
    """Who did it, and on which day; `is_one` where the address names the one record.

    `shown` are the rows of the list as it was sent: by now it may be another one.
    """

    records = KeysField(label=_("Who did it?"), required=False)
    everyone = forms.BooleanField(label=_("Everyone in this list"), required=False)
    shown = KeysField(required=False, widget=forms.MultipleHiddenInput)
    completed_on = DayField(label=_("On which day?"))

    def __init__(
        self, *args: Any, records: Sequence[TrainingRecord], is_one: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.is_one = records, is_one
        keys = [str(record.pk) for record in records]
        if is_one:
            del self.fields["records"], self.fields["everyone"], self.fields["shown"]
            return
        self.fields["records"].records = records  # type: ignore[attr-defined]  # our own field
        self.initial = {**self.initial, "shown": keys}
        if len(keys) == 1 and not self.is_bound:
            del self.fields["everyone"]
            self.initial["records"] = keys

    def clean(self) -> dict[str, Any]:
        """At least one person."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.is_one and not self._chosen(values):
            raise ValidationError({"records": _("Choose at least one person.")})
        return values

    def keys(self) -> list[int]:
        """The records that are meant."""
        if self.is_one:
            return [record.pk for record in self.known]
        return [int(key) for key in self._chosen(self.cleaned_data)]

    def _chosen(self, values: dict[str, Any]) -> list[str]:
        name = "shown" if values.get("everyone") else "records"
        chosen: list[str] = values.get(name) or []
        return chosen
