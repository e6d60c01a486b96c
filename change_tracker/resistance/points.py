"""Where slices further right take part in the catalogue and in the register."""

from collections.abc import Callable, Collection
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
    of another section.
    """

    key: str
    model: type[models.Model]
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


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
