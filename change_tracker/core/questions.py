"""Questions that are asked again and again: written once, and asked with other values each time.

To write the SQL of a page takes Django several times as long as the database takes to answer, and
it is the same on every morning but for who asks, of what and on which day. A question is built with
blanks in these places; its text is kept, and each time the blanks are filled in.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import update_wrapper
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateField, Field, QuerySet
from django.db.models.expressions import Expression

from change_tracker.core.access import Asker, User, roles_of
from change_tracker.core.ids import is_known
from change_tracker.core.together import joined, sorted_out

#: How many forms of one question are kept, such as one for each number of rows asked about.
MOST_FORMS = 200
ASKER = "asker"


class Blank(Expression):
    """The place of a value, or of `number` of them as an operand of `__in`."""

    conditional = False

    def __init__(self, name: str, output_field: "Field[Any, Any]", number: int = 0) -> None:
        super().__init__(output_field=output_field)
        self.name, self.number = name, number

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Signs for parameters, and slots in the places of their values."""
        if not self.number:
            return "%s", (Slot(self.name, None, self.output_field),)
        slots = tuple(Slot(self.name, at, self.output_field) for at in range(self.number))
        return f"({', '.join(['%s'] * self.number)})", slots

    def get_group_by_cols(self) -> list[Any]:
        """None: it is the same in every row."""
        return []


class Slot(NamedTuple):
    """One parameter that is filled in when the question is asked."""

    name: str
    at: int | None
    field: "Field[Any, Any]"

    def filled(self, values: Mapping[str, Any]) -> Any:
        """The value as the database takes it."""
        value = values[self.name]
        if self.at is not None:
            value = value[min(self.at, len(value) - 1)]
        return self.field.get_db_prep_value(value, connection)


class Written(NamedTuple):
    """A question as the database takes it, and what its answer becomes."""

    sql: str
    params: tuple[Any, ...]
    converters: Sequence[tuple[int, Any, Any]]
    made: Callable[[list[Sequence[Any]]], list[Any]]

    def asked(self, values: Mapping[str, Any]) -> list[Any]:
        """The answer, with these values in the blanks. One query at most."""
        if not self.sql:
            return self.made([])
        params = [each.filled(values) if isinstance(each, Slot) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        return self.made([*map(self._converted, rows)] if self.converters else list(rows))

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        found = list(row)
        for at, converters, expression in self.converters:
            for converter in converters:
                found[at] = converter(found[at], expression, connection)
        return found


class Question:
    """`build(user, *forms, **values)` as something that is written once for each of its forms.

    It returns a queryset, or parts to be read together, and may do nothing with the values but
    compare columns with them: what it gets are blanks, and somebody of whom it learns the roles.
    Values are days, numbers and texts, or lists of numbers for `__in`; what decides how the
    question is put goes into `forms`. It may look at nothing else that changes, and rules of
    visibility that ask the host or the database while they are built have no place in it.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self._written: dict[Hashable, Written] = {}
        update_wrapper(self, build)

    def __call__(self, user: User, *forms: Hashable, **values: Any) -> list[Any]:
        """The answer for `user`: rows as the queryset makes them, or a list for each part."""
        if not is_known(user):
            return _made_now(self.build(user, *forms, **values))
        numbers = {name: _number(value) for name, value in values.items()}
        roles = roles_of(user)
        key = (connection.alias, connection.vendor, roles, forms, tuple(numbers.items()))
        if key not in self._written:
            if len(self._written) >= MOST_FORMS:
                self._written.clear()
            blanks = {
                name: Blank(name, _field(value), numbers[name]) for name, value in values.items()
            }
            asker: Any = Asker(Blank(ASKER, get_user_model()._meta.pk), roles)
            with connection.execute_wrapper(_refuse):
                self._written[key] = _write(self.build(asker, *forms, **blanks))
        return self._written[key].asked(values | {ASKER: user.pk})


def question(build: Callable[..., Any]) -> Question:
    """`build` as a question; a decorator."""
    return Question(build)


def _refuse(*_args: Any) -> Any:
    """An answer that is read while a question is built would be kept with it."""
    raise RuntimeError("A question may not ask the database while it is built.")


def _number(value: Any) -> int:
    """How many places a list gets: the next power of two, so that there are few forms."""
    return 1 << max(len(value) - 1, 0).bit_length() if isinstance(value, list) else 0


def _field(value: Any) -> "Field[Any, Any]":
    if isinstance(value, list):
        return _field(value[0])
    kinds = ((date, DateField), (int, BigIntegerField), (str, CharField))
    return next(field() for kind, field in kinds if isinstance(value, kind))


def _write(built: Any) -> Written:
    made: Callable[[list[Sequence[Any]]], list[Any]] = list
    if isinstance(built, tuple):
        parts, built = built, joined(*built)
        made = _sorted_out_by(parts)
    elif built.query.values_select or built._fields is not None:
        made = _as_tuples
    else:
        model, names = built.model, [each.attname for each in built.model._meta.concrete_fields]
        made = _as_rows_of(model, names, [*built.query.annotation_select])
        built = built.values_list(*names, *built.query.annotation_select)
    compiler = built.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:  # whatever the values are
        return Written("", (), [], made)
    converters = compiler.get_converters([each[0] for each in compiler.select])
    asked = [(at, found, expression) for at, (found, expression) in converters.items()]
    return Written(sql, tuple(params), asked, made)


def _as_tuples(rows: list[Sequence[Any]]) -> list[Any]:
    return [*map(tuple, rows)]


def _sorted_out_by(parts: Any) -> Callable[[list[Sequence[Any]]], list[Any]]:
    return lambda rows: sorted_out(parts, rows)


def _as_rows_of(
    model: Any, names: list[str], added: list[str]
) -> Callable[[list[Sequence[Any]]], list[Any]]:
    """Rows of the model with what was added to them, as Django makes them."""

    def made(rows: list[Sequence[Any]]) -> list[Any]:
        found = []
        for row in rows:
            one = model.from_db(connection.alias, names, row[: len(names)])
            for name, value in zip(added, row[len(names) :], strict=True):
                setattr(one, name, value)
            found.append(one)
        return found

    return made


def _made_now(built: "QuerySet[Any] | tuple[Any, ...]") -> list[Any]:
    if isinstance(built, tuple):
        return sorted_out(built, joined(*built))
    return list(built)
