"""Fields that forms of every slice ask with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from change_tracker.core.conf import get_conf
from change_tracker.core.keys import is_key
from change_tracker.core.tables import UnreadableFileError, check_size
from change_tracker.core.validators import LAST_DAY, plausible_day, web_address


class DayField(forms.DateField):
    """A date, chosen as the browser lets people choose dates."""

    default_validators = [plausible_day]

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": str(LAST_DAY)})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)


class WebField(forms.URLField):
    """The address of a web page: what a browser opens by itself, and nothing else."""

    default_validators = [web_address]


class TicksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """Several rows to tick."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        """A key that no row can have is refused before SQLite is asked for it."""
        for key in value if isinstance(value, list | tuple) else ():
            if isinstance(key, str) and not is_key(key):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": key},
                )
        return super().clean(value)


class TableField(forms.FileField):
    """A CSV or XLSX file, not bigger than the settings allow."""

    def __init__(self, **options: Any) -> None:
        widget = forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"})
        super().__init__(widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Before anything of it is read."""
        file = super().clean(data, initial)
        try:
            check_size(file.size, get_conf())
        except UnreadableFileError as error:
            raise ValidationError(str(error)) from error
        return file
