"""Filters of lists: `?initiative=3&due_to=2026-12-01`."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator
from django_filters import rest_framework as filters

if TYPE_CHECKING:
    # django-filter has no types; these stand in for its classes where ours derive from them.
    class FilterSet:
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    class NumberFilter:
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

else:
    FilterSet, NumberFilter = filters.FilterSet, filters.NumberFilter

LARGEST_ID = 2**63 - 1


class IdFilter(NumberFilter):
    """Rows that refer to the row with this id; an unknown id finds nothing and tells nothing."""

    field_class = forms.IntegerField

    def get_max_validator(self) -> MaxValueValidator:
        """No key is larger, and some databases fail on larger numbers."""
        return MaxValueValidator(LARGEST_ID)


def day_from(name: str) -> Any:
    """Rows whose day `name` is this day or later."""
    return filters.DateFilter(field_name=name, lookup_expr="gte")


def day_to(name: str) -> Any:
    """Rows whose day `name` is this day or earlier."""
    return filters.DateFilter(field_name=name, lookup_expr="lte")
