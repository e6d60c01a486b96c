"""Rows of several models in one query, where a page shows a few of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    IntegerField,
    TextField,
    Value,
)
from django.db.models.functions import Cast


@dataclass(frozen=True, slots=True)
class Part:
    """The `rows` to read, whose order is lost, and the `fields` that are wanted of each.

    A field may be one of a row that it points to, such as `activity__title`, or an annotation.
    `make` gets the values by the names of the fields; without it they become rows of the model.
    """

    rows: Any
    fields: tuple[str, ...]
    make: Callable[..., Any] | None = None

    def made(self, values: Sequence[Any]) -> Any:
        """What one row is for the reader."""
        make = self.make or self.rows.model
        return make(**dict(zip(self.fields, values, strict=True)))


def read_together(*parts: Part) -> list[list[Any]]:
    """What was made of the rows of each part, in any order. One query, without bounds.

    Each part has columns of its own, which are empty in the rows of the others.
    """
    return sorted_out(parts, joined(*parts))


def joined(*parts: Part) -> Any:
    """The one query for all of them; `sorted_out` makes of its rows what each part wants."""
    columns = [(part, field) for part in parts for field in part.fields]
    first, *others = (_select(number, part, columns) for number, part in enumerate(parts))
    return first.union(*others, all=True).order_by()


def sorted_out(parts: Sequence[Part], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """What was made of the rows of each part."""
    found: list[list[Any]] = [[] for _ in parts]
    ends = list(accumulate(len(part.fields) for part in parts))
    for row in rows:
        part, end = parts[row[0]], ends[row[0]] + 1
        found[row[0]].append(part.made([*map(_whole, row[end - len(part.fields) : end])]))
    return found


def _whole(value: Any) -> Any:
    """A number as it was stored: of signed and unsigned ones MariaDB makes decimals."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _select(number: int, part: Part, columns: list[tuple[Part, str]]) -> Any:
    named: dict[str, Any] = {"which_part": Value(number, output_field=IntegerField())}
    for at, (owner, field) in enumerate(columns):
        nothing = _nothing(_type_of(owner.rows, field))
        named[f"column_{at}"] = F(field) if owner is part else nothing
    return part.rows.order_by().annotate(**named).values_list(*named)


def _type_of(rows: Any, path: str) -> Any:
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    field = None
    for name in path.split("__"):
        model = field.related_model if field else rows.model
        field = model._meta.get_field(name)
    return field


def _nothing(field: Any) -> Expression:
    """An empty value of the type of `field`, so that databases accept the union."""
    if isinstance(field, CharField | TextField):
        return Value("", output_field=CharField())
    if isinstance(field, BooleanField):
        return Value(False, output_field=BooleanField())  # noqa: FBT003
    kind = next((kind for kind in (DateTimeField, DateField) if isinstance(field, kind)), None)
    return Cast(Value(None), (kind or BigIntegerField)())
