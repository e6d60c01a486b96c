"""What a list is asked for in its address: filters, words, order; what is unknown is left out.

No queries: a slice says which filters there are and what each of them selects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar
from urllib.parse import urlencode

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext

from change_tracker.core.text import full_date

#: letters
MAX_WORDS = 100
QUOTED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of a list; `default` goes without saying. Without `choices` it takes words."""

    name: str
    label: str | Promise
    choices: Sequence[tuple[str, str | Promise]] = ()
    default: str = ""
    value: str = ""

    #: whether it takes a day
    is_day: ClassVar[bool] = False

    @property
    def chosen(self) -> str:
        """The value in force, in words."""
        return str(dict(self.choices)[self.value]) if self.choices else self.value

    @property
    def is_on(self) -> bool:
        """Whether it leaves anything out that is shown unasked."""
        return self.value != self.default

    def given(self, value: str) -> "Filter | None":
        """The same with what an address says; None when that is no value of it.

        A zero byte is no letter; PostgreSQL takes none.
        """
        if not self.choices:
            return replace(self, value=value.replace("\0", " ").strip()[:MAX_WORDS])
        if value and value not in dict(self.choices):
            return None
        return replace(self, value=value or self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFilter(Filter):
    """A filter that takes a day, as `2026-11-30`."""

    is_day: ClassVar[bool] = True

    @property
    def day(self) -> date | None:
        """The day that is asked for."""
        return parse_day(self.value)

    @property
    def chosen(self) -> str:
        """The day in words."""
        return full_date(self.day) if self.day else ""

    def given(self, value: str) -> "DayFilter | None":
        """The same with what an address says; None when that is no day."""
        asked = value.strip()
        return replace(self, value=asked) if not asked or parse_day(asked) else None


def words_in(asked: str) -> list[str]:
    """The words to look for: each is one more condition, and databases take only so many.

    A zero byte is no letter; PostgreSQL takes none.
    """
    return asked.strip()[:MAX_WORDS].replace("\0", " ").split()


def parse_day(value: str) -> date | None:
    """The day that `value` says in ISO 8601; None for anything else."""
    try:
        return parse_date(value)
    except ValueError:  # such as 30 February
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; what is not known is left out and told in `notes`."""

    filters: Sequence[Filter]
    #: the orders that there are; the first is the one that is shown unasked
    orders: Sequence[str]
    sort: str
    notes: list[str] = field(default_factory=list)
    #: what else the address says, and every address of the list keeps
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """Filters and order by name."""
        return {each.name: each.value for each in self.filters} | {"sort": self.sort}

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return any(each.is_on for each in self.filters)

    @property
    def is_sorted(self) -> bool:
        """Whether an order was asked for."""
        return self.sort != self.orders[0]

    def query(self, **changes: str) -> str:
        """The query string of the same list with `changes`; nothing that goes without saying."""
        unsaid = {each.name: each.default for each in self.filters} | {"sort": self.orders[0]}
        values = self.values | changes
        said = {name: each for name, each in values.items() if each != unsaid[name]}
        return urlencode({**self.beside, **said})

    @property
    def chips(self) -> list[tuple[Filter, str]]:
        """The filters in force, each with the query string of the list without it."""
        return [
            (each, self.query(**{each.name: each.default})) for each in self.filters if each.is_on
        ]

    @property
    def sorts(self) -> dict[str, str]:
        """The query string of the same list in each order."""
        return {name: self.query(sort=name) for name in self.orders}


def read_asked(
    params: Mapping[str, str],
    filters: Iterable[Filter],
    orders: Sequence[str],
    order_label: str | Promise,
) -> Asked:
    """Filters and order from the query of an address."""
    notes, found = [], []
    for each in filters:
        given = params.get(each.name, "")
        known = each.given(given)
        found.append(known or each.given("") or each)
        if known is None:
            notes.append(_left_out(each.label, given))
    sort = params.get("sort", "")
    if sort and sort not in orders:
        notes.append(_left_out(order_label, sort))
    return Asked(
        filters=found, orders=orders, sort=sort if sort in orders else orders[0], notes=notes
    )


def _left_out(label: str | Promise, value: str) -> str:
    return gettext("%(filter)s: “%(value)s” is not known here, so it is left out.") % {
        "filter": label,
        "value": value[:QUOTED],
    }
