"""Questions that are asked again and again: written once, and asked with other values each time.

To write the SQL of a page takes Django several times as long as the database takes to answer, and
it is the same on every morning but for who asks, of what and on which day. A question is built with
blanks in these places; its text is kept, and each time the blanks are filled in.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import update_wrapper
from types import MappingProxyType
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    QuerySet,
)
from django.db.models.expressions import Expression

from change_tracker.core.access import NOBODY, Asker, Roles, User, roles_of
from change_tracker.core.ids import LARGEST_ID, is_known
from change_tracker.core.rowmaking import maker_of
from change_tracker.core.together import Part, joined, sorter_of

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


#: What becomes of the columns of an answer.
Made = Callable[[list[Sequence[Any]]], list[Any]]


class Written(NamedTuple):
    """A question as the database takes it, and what its answer becomes: no answer is kept, and no
    connection, so any thread may ask.
    """

    alias: str
    #: empty where nothing can be found, whatever the values are
    sql: str
    params: tuple[Any, ...]
    converters: Sequence[tuple[int, Any, Any]]
    made: Made

    def asked(self, values: Mapping[str, Any] = MappingProxyType({})) -> list[Any]:
        """What the database answers now, with these values in the blanks. One query at most; none
        for a number that it cannot hold.
        """
        if not self.sql or any(map(_is_too_large, values.values())):
            return self.made([])
        connection = connections[self.alias]
        sql = self.sql
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
        return self.made(self._converted(rows, connection) if self.converters else list(rows))

    def _converted(self, rows: Iterable[Sequence[Any]], connection: Any) -> list[Sequence[Any]]:
        found = [[*row] for row in rows]
        for at, converters, expression in self.converters:
            for converter in converters:
                for row in found:
                    row[at] = converter(row[at], expression, connection)
        return [*map(tuple, found)]


def _is_too_large(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST_ID


def written(built: "Any | tuple[Part, ...]") -> Written:
    """What a queryset or parts ask, to be asked as often as one likes. No query."""
    if isinstance(built, tuple):
        return _write(joined(*built), sorter_of(built))
    of_model = built._fields is None and not built.query.values_select
    return _write(built, None if of_model else list)


def _write(rows: "QuerySet[Any, Any]", made: Made | None) -> Written:
    """Without `made` the answer is rows of the model."""
    connection = connections[rows.db]
    compiler = rows.query.clone().get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Written(rows.db, "", (), [], made or list)
    converters = compiler.get_converters([each[0] for each in compiler.select])
    asked = [(at, found, expression) for at, (found, expression) in converters.items()]
    return Written(rows.db, sql, tuple(params), asked, made or maker_of(compiler, rows.db))


class Lookup:
    """`build(*forms, **values)` as something that is written once for each of its forms.

    It returns a queryset, or parts to be read together, and may do nothing with the values but
    compare columns with them: what it gets are blanks. Values are days, moments, numbers and
    texts, or lists of numbers for `__in`, of one at least; what decides how the question is put
    goes into `forms`. It may look at nothing else that changes, and rules of visibility that ask
    the host or the database while they are built have no place in it.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self._written: dict[Hashable, Written] = {}
        update_wrapper(self, build)

    def __call__(self, *forms: Hashable, **values: Any) -> list[Any]:
        """The answer: rows as the queryset makes them, or a list for each part."""
        return self._kept(forms, forms, values).asked(values)

    def _kept(self, key: Hashable, forms: Sequence[Any], values: Mapping[str, Any]) -> Written:
        form = (key, (*values,))
        kept = self._written.get(form)
        if kept is None:
            blanks = {name: _blank(name, value) for name, value in values.items()}
            with connection.execute_wrapper(_refuse):
                kept = written(self.build(*forms, **blanks))
            if len(self._written) >= MOST_FORMS:
                self._written.clear()
            self._written[form] = kept
        return kept


class Question(Lookup):
    """A lookup of somebody, `build(user, *forms, **values)`: of them it learns the roles only."""

    def __call__(self, user: User, *forms: Hashable, **values: Any) -> list[Any]:  # type: ignore[override]  # whose it is comes first
        """The answer for `user`."""
        if not is_known(user):
            return written(self.build(user, *forms, **values)).asked()
        roles = self._roles_of(user)
        asker = Asker(Blank(ASKER, get_user_model()._meta.pk), roles)
        kept = self._kept((roles, forms), (asker, *forms), values)
        return kept.asked(values | {ASKER: user.pk})

    def _roles_of(self, user: User) -> Roles:
        return roles_of(user)


class OwnQuestion(Question):
    """A question about what is somebody's own: their roles are not asked, and count for nothing."""

    def _roles_of(self, user: User) -> Roles:
        return NOBODY


def lookup(build: Callable[..., Any]) -> Lookup:
    """`build` as a lookup; a decorator."""
    return Lookup(build)


def question(build: Callable[..., Any]) -> Question:
    """`build` as a question of a user; a decorator."""
    return Question(build)


def own_question(build: Callable[..., Any]) -> OwnQuestion:
    """The same where it is about the user's own alone; a decorator."""
    return OwnQuestion(build)


def _refuse(*_args: Any) -> Any:
    """An answer that is read while a question is built would be kept with it."""
    raise RuntimeError("A question may not ask the database while it is built.")


def _blank(name: str, value: Any) -> Blank:
    if isinstance(value, list):
        return Blank(name, BigIntegerField(), is_many=True)
    # A moment is a day to Python, too.
    kinds = (
        (datetime, DateTimeField),
        (date, DateField),
        (int, BigIntegerField),
        (str, CharField),
    )
    return Blank(name, next(field() for kind, field in kinds if isinstance(value, kind)))
