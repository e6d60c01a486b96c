"""Rows of a parent on one page of the admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from change_tracker.core.errors import StaleRowError

if TYPE_CHECKING:
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    # Django's class takes no type arguments at run time.
    InlineFormSet = forms.BaseInlineFormSet


class ServiceFormSet(InlineFormSet):
    """Says so where a row is there no more that the page had: Django names a field that nobody
    sees, or, where rows are only shown, nothing.
    """

    def clean(self) -> None:
        """Services may write rows anew, so those of an older page are other ones."""
        super().clean()
        if any(each.instance.pk is None for each in self.initial_forms):
            raise ValidationError(str(StaleRowError()))
