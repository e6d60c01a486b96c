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
from change_tracker.core.together import joined, sorted_out, sorter_of

#: How many forms of one question are kept, such as one for each order of a list.
MOST_FORMS = 200
ASKER = "asker"


class Blank(Expression):
    """The place of a value, or of numbers as an operand of `__in`."""

    conditional = False

    def __init__(
        self, name: str, output_field: "Field[Any, Any]", *, is_many: bool = False
    ) -> None:
        super().__init__(output_field=output_field)
        self.name, self.is_many = name, is_many

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The sign for a parameter and a slot in its place; numbers come into the text."""
        if self.is_many:
            return f"({_place(self.name)})", ()
        return "%s", (Slot(self.name, self.output_field),)

    def get_group_by_cols(self) -> list[Any]:
        """None: it is the same in every row."""
        return []


def _place(name: str) -> str:
    return f":{name}:"


class Slot(NamedTuple):
    """A parameter that is filled in when the question is asked."""

    name: str
    field: "Field[Any, Any]"


class Written(NamedTuple):
    """A question as the database takes it, and what its answer becomes."""

    sql: str
    params: tuple[Any, ...]
    converters: Sequence[tuple[int, Any, Any]]
    made: Callable[[list[Sequence[Any]]], list[Any]]

    def asked(self, values: Mapping[str, Any]) -> list[Any]:
        """The answer, with these values in the blanks. One query at most."""
        sql = self.sql
        if not sql:
            return self.made([])
        for name, value in values.items():
            if isinstance(value, list):
                sql = sql.replace(_place(name), ", ".join(str(int(each)) for each in value))
        params = [
            each.field.get_db_prep_value(values[each.name], connection)
            if isinstance(each, Slot)
            else each
            for each in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
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
    Values are days, numbers and texts, or lists of numbers for `__in`, of one at least; what
    decides how the question is put goes into `forms`. It may look at nothing else that changes,
    and rules of visibility that ask the host or the database while they are built have no place
    in it.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self._written: dict[Hashable, Written] = {}
        update_wrapper(self, build)

    def __call__(self, user: User, *forms: Hashable, **values: Any) -> list[Any]:
        """The answer for `user`: rows as the queryset makes them, or a list for each part."""
        if not is_known(user):
            return _made_now(self.build(user, *forms, **values))
        roles = roles_of(user)
        key = (connection.alias, connection.vendor, roles, forms)
        if key not in self._written:
            if len(self._written) >= MOST_FORMS:
                self._written.clear()
            blanks = {name: _blank(name, value) for name, value in values.items()}
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


def _blank(name: str, value: Any) -> Blank:
    if isinstance(value, list):
        return Blank(name, BigIntegerField(), is_many=True)
    kinds = ((date, DateField), (int, BigIntegerField), (str, CharField))
    return Blank(name, next(field() for kind, field in kinds if isinstance(value, kind)))


def _write(built: Any) -> Written:
    made: Callable[[list[Sequence[Any]]], list[Any]]
    if isinstance(built, tuple):
        parts, built = built, joined(*built)
        made = sorter_of(parts)
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
