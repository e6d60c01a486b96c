"""The choices of several fields of a form, and what is chosen beforehand, in one query."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django import forms
from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from change_tracker.core.together import Part, read_together


def offer_together(form: forms.Form, **columns: str | tuple[str, ...]) -> None:
    """Let these fields of `form`, which choose among rows, take their choices from one query.

    It is asked when the first of them is shown. `columns` are what the label of each is made of: by
    `words` of the field, else it is the first of them. Rows keep the order of the queryset, unless
    the field has them `arranged`. Where the form begins with a queryset of rows that are chosen,
    their keys come with the same query. What is sent is judged by each field as ever.
    """
    named = {name: (each,) if isinstance(each, str) else each for name, each in columns.items()}
    offered = _Offered(form, {name: each for name, each in named.items() if name in form.fields})
    for name, field in offered.fields.items():
        field.choices = partial(offered.choices, name)
    begins = {name: partial(offered.keys, name) for name in offered.chosen}
    form.initial = {**form.initial, **begins}


class _Offered:
    def __init__(self, form: forms.Form, columns: dict[str, tuple[str, ...]]) -> None:
        self.fields: dict[str, Any] = {name: form.fields[name] for name in columns}
        self.columns = columns
        #: querysets of rows that are chosen
        self.chosen: dict[str, Any] = {
            name: form.initial[name]
            for name in columns
            if isinstance(form.initial.get(name), QuerySet)
        }

    def choices(self, name: str) -> list[tuple[Any, Any]]:
        """Keys and labels of one field, the empty one first where it has that."""
        field, found = self.fields[name], self.read["offered", name]
        arranged = field.arranged(found) if hasattr(field, "arranged") else found
        return [*([] if field.empty_label is None else [("", field.empty_label)]), *arranged]

    def keys(self, name: str) -> list[Any]:
        """The keys of the rows that are chosen."""
        return [key for key, _label in self.read["chosen", name]]

    @cached_property
    def read(self) -> dict[tuple[str, str], list[tuple[Any, Any]]]:
        """Keys and labels of what is offered and what is chosen. One query."""
        parts = {("offered", name): self._part(name) for name in self.fields}
        parts |= {("chosen", name): _part(rows, (), str) for name, rows in self.chosen.items()}
        found = read_together(*parts.values())
        return {
            which: list({key: (key, label) for _place, key, label in sorted(rows)}.values())
            for which, rows in zip(parts, found, strict=True)
        }

    def _part(self, name: str) -> Part:
        field = self.fields[name]
        return _part(field.queryset, self.columns[name], getattr(field, "words", _first))


def _part(rows: Any, columns: tuple[str, ...], words: Callable[..., Any]) -> Part:
    """Place, key and label of each of `rows`."""
    key = rows.model._meta.pk.name
    order = rows.query.order_by or rows.model._meta.ordering or (key,)
    in_order = Window(RowNumber(), order_by=list(order))

    def made(**values: Any) -> tuple[int, Any, Any]:
        place, pk, *said = values.values()
        return place, pk, words(*said)

    return Part(rows.annotate(offered_place=in_order), ("offered_place", key, *columns), made)


def _first(label: str, *_others: Any) -> str:
    return label
