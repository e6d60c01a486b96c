"""Fields that forms of every slice ask with."""

from typing import Any

from django import forms
from django.core.validators import URLValidator


class DayField(forms.DateField):
    """A date, chosen as the browser lets people choose dates."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)


class WebField(forms.URLField):
    """The address of a web page: what a browser opens by itself, and nothing else."""

    default_validators = [URLValidator(schemes=("http", "https"))]
