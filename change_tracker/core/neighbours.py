"""From any record to its neighbours in the chain, in both directions, as far as they may be read.

A slice names the relations that lead from its rows to those of another slice, and back.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, F, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from change_tracker.core.access import User
from change_tracker.core.points import Point
from change_tracker.core.together import Part, read_together

#: So many neighbours of one kind are named with a record, the newest first; all are counted.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """From rows of `model` to their neighbours called `name`.

    `rows` are the neighbours that somebody may read, `path` leads from one of them back to the
    row, and `fields` are what is said of each: a name, and the path to the value.
    """

    model: type[models.Model]
    name: str
    rows: Callable[[User], Any]
    path: str
    fields: Mapping[str, str]


#: By name what is said of each neighbour, with its `id`.
NearRows = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Near:
    """The neighbours of one record: how many there are, and what is said of the newest."""

    total: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)


#: Read by the API (`?include=`); the names of a model are in the order of the chain.
RELATIONS: Point[Callable[[], tuple[Relation, ...]]] = Point(
    "core.relations", "the neighbours of a record in the chain from concern to review"
)


def relations_of(model: type[models.Model]) -> dict[str, Relation]:
    """The relations that lead on from rows of `model`, by name."""
    known = (each for relations in RELATIONS for each in relations())
    return {each.name: each for each in known if each.model is model}


def neighbours(relation: Relation, user: User, keys: Collection[int]) -> dict[int, Near]:
    """The neighbours of each of `keys` that `user` may read; none is left out. One query."""
    near = {key: Near() for key in keys}
    for owner, total, pk, *said in _nearest(relation, user, keys):
        found = near[owner]
        found.total = total
        values = zip(relation.fields, said, strict=True)
        found.rows.append({"id": pk} | dict(values))
    return near


def nearest_of(row: models.Model, user: User, names: Collection[str]) -> NearRows:
    """The newest neighbours of one record that `user` may read, for a page: those of `names` that
    its kind has. One query for all of them.
    """
    return nearest_and(row, user, names)[0]


def nearest_and(
    row: models.Model, user: User, names: Collection[str], *beside: Part
) -> tuple[NearRows, list[list[Any]]]:
    """The same, and what a page reads `beside` them in the same query."""
    known = relations_of(type(row))
    asked = [known[name] for name in names if name in known]
    parts = [*beside, *(_part_of(relation, user, row.pk) for relation in asked)]
    found = read_together(*parts) if parts else []
    near = {
        relation.name: sorted(rows, key=lambda said: -said["id"])
        for relation, rows in zip(asked, found[len(beside) :], strict=True)
    }
    return near, found[: len(beside)]


def _part_of(relation: Relation, user: User, key: Any) -> Part:
    names = ("id", *relation.fields)

    def make(**values: Any) -> dict[str, Any]:
        return dict(zip(names, values.values(), strict=True))

    rows = relation.rows(user).filter(**{relation.path: key})
    # A part of a union has no bounds of its own, and MariaDB knows none within IN.
    last = rows.order_by("-pk").values("pk")[MOST - 1 : MOST]
    newest = rows.filter(pk__gte=Coalesce(Subquery(last), 0))
    return Part(newest, ("id", *relation.fields.values()), make)


def _nearest(relation: Relation, user: User, keys: Collection[int]) -> Iterable[tuple[Any, ...]]:
    """Bounded for each of `keys`, not for all of them together."""
    owner = F(relation.path)
    rows = relation.rows(user).filter(**{f"{relation.path}__in": keys})
    placed = rows.annotate(
        near_owner=owner,
        near_total=Window(Count("pk"), partition_by=[owner]),
        near_place=Window(RowNumber(), partition_by=[owner], order_by=F("pk").desc()),
    )
    nearest = placed.filter(near_place__lte=MOST).order_by("-pk")
    columns = ("near_owner", "near_total", "pk", *relation.fields.values())
    return nearest.values_list(*columns)  # type: ignore[no-any-return]  # any rows
