"""What waits for somebody's answer: more time, what was handed in, what was learnt elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Cast, RowNumber

from change_tracker.core.access import User
from change_tracker.initiatives.models import Initiative
from change_tracker.training.models import ExtensionRequest, ExternalLearning, Submission

#: Of what waits, one page shows so many; the rest comes up as these are answered.
MOST_WAITING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits. `kind` is more-time, hand-in or elsewhere, `pk` that of its row."""

    kind: str
    pk: int
    asked_on: date
    person: str
    unit: str | None
    title: str
    #: empty, as `due_on` is, for what was learnt elsewhere
    initiative: str
    due_on: date | None
    #: until when more time is wanted; on which day it was learnt or handed in
    on: date
    words: str
    file: str
    link: str
    #: which of its kind this is, and how many of that kind wait
    place: int
    total: int

    @property
    def kind_of_learning(self) -> str:
        """What was learnt elsewhere, in the reader's language."""
        return str(ExternalLearning.Kind(self.words).label)


def requests_for(user: User) -> Any:
    """Requests for more time that `user` may answer and nobody has."""
    mine: Any = ExtensionRequest.objects.changeable_by(user)
    return mine.waiting()


def hand_ins_for(user: User) -> Any:
    """What was handed in that `user` may confirm and nobody has."""
    mine: Any = Submission.objects.changeable_by(user)
    return mine.waiting()


def waiting_in(initiative: Initiative, user: User) -> dict[str, Any]:
    """What waits for `user` in one initiative, as `waiting_lines`."""
    here = {"record__plan__initiative": initiative}
    return waiting_lines(
        _requests(requests_for(user).filter(**here)), _hand_ins(hand_ins_for(user).filter(**here))
    )


def waiting_from(
    people: QuerySet[Any], user: User, states: Collection[str] | None = None
) -> dict[str, Any]:
    """What `people` wait for from `user`, as `waiting_lines`; what they learnt elsewhere too.

    With `states`, of initiatives in one of these only; what was learnt elsewhere is of none.
    """
    learnt: Any = ExternalLearning.objects.changeable_by(user)
    theirs: dict[str, Any] = {"record__person__in": people}
    if states is not None:
        theirs["record__plan__initiative__state__in"] = states
    return waiting_lines(
        _requests(requests_for(user).filter(**theirs)),
        _hand_ins(hand_ins_for(user).filter(**theirs)),
        _learnt(learnt.waiting().filter(person__in=people)),
    )


def waiting_lines(first: Any, *others: Any) -> dict[str, Any]:
    """What a page shows: `waiting`, the oldest first, `all_waiting`, how many `more_waiting`, and
    whether any of it `asks_for_time` or was `handed_in`.

    The oldest of each kind come before what is second of any, so that no kind waits behind
    another, and each says how many of it there are. One query.
    """
    rows = first.union(*others, all=True).order_by("place", "asked")[:MOST_WAITING]
    found = [Waiting(**row) for row in map(_named, rows)]
    total = sum(each.total for each in found if each.place == 1)
    return {
        "waiting": sorted(found, key=lambda each: (each.asked_on, each.kind, each.pk)),
        "all_waiting": total,
        "more_waiting": total - len(found),
        "asks_for_time": any(each.kind == "more-time" for each in found),
        "handed_in": any(each.kind == "hand-in" for each in found),
    }


#: The columns of every part of the union, in the order of the fields of `Waiting`.
COLUMNS = (
    *("sort", "pk", "asked", "name", "unit_name", "what", "where"),
    *("due", "day", "said", "attached", "address", "place", "total"),
)
NO_WORDS = Value("", output_field=CharField())


def _named(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(Waiting.__slots__, row, strict=True))


def _requests(rows: Any) -> Any:
    return _of_records(
        rows, "more-time", asked="asked_on", day="wanted_on", said="reason", due="record__due_on"
    )


def _hand_ins(rows: Any) -> Any:
    asked = {"asked": "handed_in_on", "day": "handed_in_on", "said": "note"}
    return _of_records(
        rows, "hand-in", **asked, due="record__due_on", attached="file", address="link"
    )


def _of_records(rows: Any, kind: str, **columns: str) -> Any:
    return _columns(
        rows,
        kind,
        name="record__person__display_name",
        unit_name="record__person__unit__name",
        what="record__activity__title",
        where="record__plan__initiative__title",
        **columns,
    )


def _learnt(rows: Any) -> Any:
    return _columns(
        rows.annotate(no_day=Cast(Value(None), DateField())),
        "elsewhere",
        asked="reported_on",
        name="person__display_name",
        unit_name="person__unit__name",
        what="title",
        due="no_day",
        day="learnt_on",
        said="kind",
        attached="file",
        address="link",
    )


def _columns(rows: Any, kind: str, **columns: str) -> Any:
    """The columns of `Waiting`, alike in all parts of the union."""
    named = {name: F(columns[name]) if name in columns else NO_WORDS for name in COLUMNS[2:12]}
    return (
        rows.order_by()
        .annotate(
            sort=Value(kind, output_field=CharField()),
            **named | {"said": Cast(columns["said"], TextField())},
            place=Window(RowNumber(), order_by=[columns["asked"], "pk"]),
            total=Window(Count("pk"), output_field=IntegerField()),
        )
        .values_list(*COLUMNS)
    )
