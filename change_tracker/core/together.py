"""Rows of several models in one query, where a page shows a few of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
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

    Parts share columns of a kind; what one does not need is empty in its rows.
    """
    return sorted_out(parts, joined(*parts))


def joined(*parts: Part) -> Any:
    """The one query for all of them; `sorted_out` makes of its rows what each part wants."""
    columns, places = _placed(parts)
    rows = zip(parts, places, strict=True)
    first, *others = (_select(number, *row, columns) for number, row in enumerate(rows))
    return first.union(*others, all=True).order_by()


def sorted_out(parts: Sequence[Part], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """What was made of the rows of each part."""
    return sorter_of(parts)(rows)


def sorter_of(parts: Sequence[Part]) -> Callable[[Iterable[Sequence[Any]]], list[list[Any]]]:
    """The same for rows that are read again and again."""
    _columns, places = _placed(parts)
    return lambda rows: _sorted(parts, places, rows)


def _sorted(
    parts: Sequence[Part], places: list[list[int]], rows: Iterable[Sequence[Any]]
) -> list[list[Any]]:
    found: list[list[Any]] = [[] for _ in parts]
    for row in rows:
        number = row[0]
        values = [_whole(row[place + 1]) for place in places[number]]
        found[number].append(parts[number].made(values))
    return found


def _placed(parts: Sequence[Part]) -> tuple[list[Any], list[list[int]]]:
    """The columns, each as an empty value of its kind, and for each part those of its fields."""
    kinds: list[type[Any]] = []
    places: list[list[int]] = []
    for part in parts:
        free = list(range(len(kinds)))
        taken = []
        for field in part.fields:
            kind = _kind_of(_type_of(part.rows, field))
            place = next((each for each in free if kinds[each] is kind), len(kinds))
            if place == len(kinds):
                kinds.append(kind)
            else:
                free.remove(place)
            taken.append(place)
        places.append(taken)
    return [_nothing(kind) for kind in kinds], places


def _whole(value: Any) -> Any:
    """A number as it was stored: of signed and unsigned ones MariaDB makes decimals."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _select(number: int, part: Part, places: list[int], columns: list[Any]) -> Any:
    fields = dict(zip(places, part.fields, strict=True))
    named: dict[str, Any] = {"which_part": Value(number, output_field=IntegerField())}
    for at, nothing in enumerate(columns):
        named[f"column_{at}"] = F(fields[at]) if at in fields else nothing
    return part.rows.order_by().annotate(**named).values_list(*named)


def _type_of(rows: Any, path: str) -> Any:
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    field = None
    for name in path.split("__"):
        model = field.related_model if field else rows.model
        field = model._meta.get_field(name)
    return field


def _kind_of(field: Any) -> type[Any]:
    """What columns are told apart by: a text, a day, a moment, yes or no, a fraction, a number."""
    if isinstance(field, CharField | TextField):
        return CharField
    kinds = (BooleanField, DateTimeField, DateField, DecimalField)
    return next((kind for kind in kinds if isinstance(field, kind)), BigIntegerField)


def _nothing(kind: type[Any]) -> Expression:
    """An empty value of that kind, so that databases accept the union."""
    if kind is CharField:
        return Value("", output_field=CharField())
    if kind is BooleanField:
        return Value(False, output_field=BooleanField())  # noqa: FBT003
    return Cast(Value(None), (BigIntegerField if kind is DecimalField else kind)())
