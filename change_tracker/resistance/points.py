"""Where slices further right take part in the catalogue and in the register."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise

from change_tracker.core.access import User
from change_tracker.core.points import Point
from change_tracker.resistance.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A list of references inside an entry, kept as rows of a table of their own.

    `recommends: [{"strategy": "clear-goals", "basis": "stated"}]` has the key `recommends`, the
    name `strategy`, and becomes rows of `through`, found from the entry under `related_name`.
    """

    key: str
    name: str
    section: str
    through: type[models.Model]
    owner: str
    related_name: str
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One list of a catalogue pack and the model that its entries become.

    Every entry has a slug, a label and a provenance. `choices` are further columns with the values
    that they may take, `texts` are columns of free text, `parents` are columns that name an entry
    of another section; those that are `optional` may be left out. `numbers` are whole numbers with
    the least and the most, `flags` are true or false: left out, they are what the model says.
    `many` are lists of entries of another section, `parts` lists of entries of this entry's own.
    `check` says, by field, what is wrong between the fields of an entry; `check_pack` what is wrong
    between entries of a pack that is right otherwise: which entry, in which field, and what.
    """

    key: str
    model: type[models.Model]
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    optional: tuple[str, ...] = ()
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    many: dict[str, str] = field(default_factory=dict)
    parts: tuple["Part", ...] = ()
    check: Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]] | None = None
    check_pack: Callable[[Mapping[str, Any]], Iterator[tuple[str, str, str]]] | None = None

    @property
    def plain(self) -> list[str]:
        """The columns that hold a value of their own."""
        return ["label", *self.choices, *self.texts, *self.numbers, *self.flags]

    def default(self, name: str) -> Any:
        """What a column says of which an entry says nothing."""
        column: Any = self.model._meta.get_field(name)
        return column.get_default()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Entries inside an entry, in their order: rows of `section.model` that belong to its row."""

    section: Section
    owner: str
    related_name: str


#: Sections in the order of loading: what an entry refers to stands before it.
CATALOGUE_SECTIONS: Point[Section] = Point(
    "resistance.catalogue_sections", "a list of catalogue packs and the model that it fills"
)

#: row -> why this resistance may not be deleted; None when nothing stands in the way.
RESISTANCE_KEEPERS: Point[Callable[[Any], str | Promise | None]] = Point(
    "resistance.keepers", "what keeps a resistance from being deleted"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done about a resistance, as the register shows it; `hill` says how far it is.

    `asks` is what is done and still waits: for a `review` that shows whether it worked, or, where
    there is one, for the `verdict`.
    """

    pk: int
    title: str
    state: str
    is_open: bool
    hill: str
    due_on: date | None
    owner: str
    asks: str = ""
    #: whether it answers the resistance, or did; what was cancelled or did not work does not
    answers: bool = True


#: (user, resistances) -> the work against each of them that `user` may read, by id; one query.
RESISTANCE_WORK: Point[Callable[[User, "models.QuerySet[Any]"], dict[int, list[Work]]]] = Point(
    "resistance.work", "what is done about the resistances of a register"
)

#: strategies by id -> what each of them brought about here, where it was tried; one query.
STRATEGY_EFFECTS: Point[Callable[[Collection[int]], dict[int, Effect]]] = Point(
    "resistance.strategy_effects", "what the strategies of a suggestion brought about before"
)

#: user -> how much of what people said is linked to a resistance, as a column of its row; 0 for
#: whoever is not told.
RESISTANCE_VOICES: Point[Callable[[User], Any]] = Point(
    "resistance.voices", "how much of what people said is linked to a resistance"
)
