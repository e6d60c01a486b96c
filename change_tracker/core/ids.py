"""Sets of keys as operands of `__in`, at the price of one query and not of all that nest in it."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.expressions import Expression

if TYPE_CHECKING:
    from change_tracker.core.access import User

#: The largest number that a column holds.
LARGEST_ID = 2**63 - 1
#: How many sets are remembered for each rule: of so many people with so many parts.
REMEMBERED = 2_000


class Ids(Expression):
    """The values of one field over the rows of `queryset`, which refers to nothing outside itself.

    Django copies a nested queryset and renames its tables once for each query around it, so that it
    could speak of them, and writes its SQL anew each time. Rules of visibility nest four deep and
    speak of nothing outside: SQL's own scoping keeps their names apart, and the text of each is
    written once. What refers to an outer row (OuterRef) is refused by Django with a ValueError.
    """

    conditional = False

    def __init__(self, queryset: "models.QuerySet[Any, Any]", field: str = "pk") -> None:
        values = queryset.order_by().values(field)
        super().__init__(output_field=values.query.output_field)
        self.query = values.query
        self._written: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> Self:
        """Itself: nothing in it depends on the query around it."""
        return self

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Self:
        """Itself: none of its names is one of `change_map`'s."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The subquery in brackets."""
        if connection.alias not in self._written:
            sql, params = self.query.get_compiler(connection=connection).as_sql()
            self._written[connection.alias] = f"({sql})", tuple(params)
        return self._written[connection.alias]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class _NoIds(Ids):
    """Those of nobody: a condition on it is met by no row."""

    def __init__(self) -> None:
        Expression.__init__(self, output_field=models.BigAutoField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        raise EmptyResultSet


NO_IDS = _NoIds()


class Keys(Ids):
    """These very keys, written as numbers: as parameters, a thousand of them take longer to put
    into a statement than the database needs to find their rows.
    """

    def __init__(self, keys: Iterable[int]) -> None:
        Expression.__init__(self, output_field=models.BigAutoField())
        self.text = ", ".join(str(int(key)) for key in keys)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The numbers in brackets; a condition on none is met by no row."""
        if not self.text:
            raise EmptyResultSet
        return f"({self.text})", ()


def is_known(user: "User") -> bool:
    """Whether `user` is signed in and has a key; all others are strangers.

    A login that only a token vouches for may have none, and the empty key is the one of everybody
    who has no login: what is theirs would be the stranger's.
    """
    return user.is_authenticated and user.pk is not None


def remembered(rule: Callable[..., Ids]) -> Callable[..., Ids]:
    """`rule(key, …)` as a function of a user, asked once for each key; strangers have none.

    What is remembered is a question and no answer, so it is never out of date: a rule may look at
    nothing that changes.
    """
    of_key = lru_cache(maxsize=REMEMBERED)(rule)

    @wraps(rule)
    def of_user(user: "User", *args: Any) -> Ids:
        return of_key(user.pk, *args) if is_known(user) else NO_IDS

    return of_user
