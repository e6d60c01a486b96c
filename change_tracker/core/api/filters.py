"""Filters of lists: `?initiative=3&due_to=2026-12-01`."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.core.validators import MaxValueValidator
from django.db import models
from django_filters import rest_framework as filters

from change_tracker.core.api.bodies import refuse_unknown
from change_tracker.core.clock import midnight
from change_tracker.core.ids import LARGEST_ID
from change_tracker.core.searching import has_in_it

if TYPE_CHECKING:
    # django-filter has no types; these stand in for its classes where ours derive from them.
    class BaseFilterSet:
        FILTER_DEFAULTS: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    class NumberFilter:
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    class DjangoFilterBackend:
        filterset_base: Any

        def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any: ...
        def get_filterset_class(self, view: Any, queryset: Any) -> Any: ...

else:
    BaseFilterSet, NumberFilter = filters.FilterSet, filters.NumberFilter
    DjangoFilterBackend = filters.DjangoFilterBackend


class ContainsFilter(filters.CharFilter):  # type: ignore[misc]  # has no types
    """Rows that have it in a text, in any case."""

    def filter(self, rows: Any, value: Any) -> Any:
        """No query."""
        return rows.filter(has_in_it(self.field_name, value)) if value else rows


class IdFilter(NumberFilter):
    """Rows that refer to the row with this id; an unknown id finds nothing and tells nothing."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # No column holds what is smaller or larger, and some databases fail on it.
        super().__init__(*args, min_value=-LARGEST_ID, **kwargs)

    def get_max_validator(self) -> MaxValueValidator:
        """The largest one; without it django-filter takes a bound that no column holds."""
        return MaxValueValidator(LARGEST_ID)


def day_from(name: str) -> Any:
    """Rows whose day `name` is this day or later."""
    return filters.DateFilter(field_name=name, lookup_expr="gte")


def day_to(name: str) -> Any:
    """Rows whose day `name` is this day or earlier."""
    return filters.DateFilter(field_name=name, lookup_expr="lte")


class MomentFrom(filters.DateFilter):  # type: ignore[misc]  # has no types
    """Rows whose moment is on this day or later, by the clock of whoever asks.

    Moments are compared: without its time zones loaded, MariaDB knows no day of one.
    """

    def filter(self, rows: Any, value: Any) -> Any:
        """No query."""
        return rows.filter(**{f"{self.field_name}__gte": midnight(value)}) if value else rows


class MomentTo(filters.DateFilter):  # type: ignore[misc]  # has no types
    """Rows whose moment is on this day or earlier."""

    def filter(self, rows: Any, value: Any) -> Any:
        """No query."""
        if value is None or value == date.max:
            return rows
        return rows.filter(**{f"{self.field_name}__lt": midnight(value + timedelta(days=1))})


class WithinUnitFilter(IdFilter):
    """Rows of the unit with this id and of all units below it; `field_name` leads to the unit."""

    field_name: str

    def filter(self, rows: Any, value: Any) -> Any:
        """One query for its path, two for an id that nobody has: it finds nothing."""
        if value is None:
            return rows
        units = apps.get_model("change_tracker", "OrgUnit")._default_manager
        path = units.filter(pk=value).values_list("path", flat=True).first()
        if path is None:
            return rows.none()
        return rows.filter(**{f"{self.field_name}__path__startswith": path})


class YesOrNo(filters.TypedChoiceFilter):  # type: ignore[misc]  # has no types
    """`true` or `false`; anything else is refused, not ignored. A `method` gets a bool; without one
    the column is compared.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["choices"] = [("true", "true"), ("false", "false")]
        super().__init__(*args, coerce=lambda value: value == "true", **kwargs)


class FilterSet(BaseFilterSet):
    """The filters of a resource."""

    FILTER_DEFAULTS = BaseFilterSet.FILTER_DEFAULTS | {
        models.BooleanField: {"filter_class": YesOrNo}
    }


#: Parameters of every list that are not filters.
PAGING = {"cursor", "page_size"}


class StrictFilterBackend(DjangoFilterBackend):
    """Filters that refuse what they do not know: a mistyped one must not answer with all rows."""

    filterset_base = FilterSet

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """The rows that meet the filters; 400 names an unknown parameter and the known ones."""
        others = PAGING | getattr(view, "parameters", frozenset())
        asked = set(request.query_params) - others
        if not asked:
            return queryset
        refuse_unknown(asked, self._known(view, queryset) | others)
        return super().filter_queryset(request, queryset, view)

    def _known(self, view: Any, queryset: Any) -> set[str]:
        filterset = self.get_filterset_class(view, queryset)
        return set(filterset.base_filters) if filterset else set()
