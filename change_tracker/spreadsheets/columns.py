"""What the columns of a spreadsheet say, and how they are read and shown; no database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from change_tracker.core.tables import KnownAs, in_our_languages, plain
from change_tracker.spreadsheets import cells

#: An empty cell leaves what there is.
KEEP = object()
Show = Callable[[Any, Any], Any]


def as_it_is(value: Any, names: Any) -> Any:
    """Texts, numbers and dates."""
    return value


def in_words(choices: Any) -> Show:
    """A choice in the reader's words."""
    return lambda value, names: str(dict(choices).get(value, ""))


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column: how a cell is read, what an empty one says, and how a value is shown."""

    name: str
    heading: str | Promise
    read: cells.Read
    show: Show = as_it_is
    empty: Any = KEEP
    required: bool = False
    #: whether it takes paragraphs
    keeps_lines: bool = False
    known_as: tuple[str, ...] = ()
    #: What may stand in it, for the sheet that explains the others.
    words: Callable[[Any], list[str]] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """One sheet: `named_by` is the column by which a row is told from others."""

    key: str
    title: str | Promise
    model: type[Model]
    named_by: str
    columns: tuple[Column, ...]
    known_as: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file has to have."""
        return tuple(each.name for each in self.columns if each.required)

    @property
    def prose(self) -> tuple[str, ...]:
        """The columns that take paragraphs."""
        return tuple(each.name for each in self.columns if each.keeps_lines)

    @property
    def names(self) -> tuple[str, ...]:
        """Our names of its columns."""
        return tuple(each.name for each in self.columns)

    def known(self) -> KnownAs:
        """What people call its columns; our own files do in the words of whoever made them."""
        return KnownAs(
            {each.name: (*in_our_languages(each.heading), *each.known_as) for each in self.columns}
        )

    def is_called(self, title: str) -> bool:
        """Whether a sheet of that name is this one."""
        names = (self.key, *in_our_languages(self.title), *self.known_as)
        return plain(title) in {plain(each) for each in names}


def chosen_column(name: str, heading: Any, choices: Any, **more: Any) -> Column:
    """A choice, shown in words."""
    return Column(
        name=name,
        heading=heading,
        read=cells.choice(choices),
        words=lambda names: cells.words_of(choices),
        **{"show": in_words(choices)} | more,
    )


def level_column(name: str, heading: Any, choices: Any, **more: Any) -> Column:
    """A choice, shown as its number."""
    return chosen_column(name, heading, choices, **{"show": as_it_is} | more)


def text_column(name: str, heading: Any, limit: int = 0, **more: Any) -> Column:
    """Words, in paragraphs where there is no limit; an empty cell is none."""
    said: dict[str, Any] = {"empty": "", "keeps_lines": not limit} | more
    return Column(name=name, heading=heading, read=cells.text(limit), **said)


def day_column(name: str, heading: Any, **more: Any) -> Column:
    """A date; an empty cell is none."""
    return Column(name=name, heading=heading, read=cells.day, empty=None, **more)


def one_column(name: str, heading: Any, where: str, **more: Any) -> Column:
    """One row, by what it is called."""
    return Column(
        name=name,
        heading=heading,
        read=lambda cell, names: getattr(names, where).find(cell),
        show=lambda value, names: getattr(names, where).say(value),
        **more,
    )


def some_column(
    name: str, heading: Any, where: str, show: Show | None = None, **more: Any
) -> Column:
    """Several rows, by what they are called."""
    return Column(
        name=name,
        heading=heading,
        read=lambda cell, names: getattr(names, where).find_all(cell),
        show=show or (lambda value, names: getattr(names, where).say_all(value)),
        empty=frozenset(),
        **more,
    )
