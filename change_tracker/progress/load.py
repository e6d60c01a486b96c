"""What change asks of people: hours by unit and month, days kept free, and what collides."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    F,
    IntegerField,
    QuerySet,
    Sum,
    Value,
)

from change_tracker.core.access import User
from change_tracker.core.ids import Ids
from change_tracker.initiatives.models import ENDED, FreezePeriod, Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.training.models import TrainingRecord

#: So many months are shown, the present one first, and so many units, the busiest first.
MONTHS = 6
MOST_UNITS = 12
#: The cells of the busiest are this dark.
DARKEST = 5

COLUMNS = (
    *("unit_key", "unit_name", "unit_path", "asked_by", "first", "last", "minutes_asked", "why"),
    "piece",
)


class Span(NamedTuple):
    """Work that is due on a day (`asked_by` an initiative), or days that are kept free (0)."""

    unit: int | None
    name: str
    path: str
    asked_by: int
    first: date
    last: date
    minutes: int
    #: the initiative, or what the unit is busy with
    why: str
    piece: int = 0


@dataclass(slots=True)
class Cell:
    """A unit in a month: minutes by initiative, and the days that are kept free."""

    first: date
    minutes: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    freezes: list[Span] = field(default_factory=list)
    #: minutes that are due on days that are kept free
    frozen_minutes: int = 0
    #: 0 to 5, of the busiest cell that is shown
    shade: int = 0

    @property
    def total(self) -> int:
        """What all initiatives ask together."""
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """A unit with its cells by month; an empty `name` for people without one."""

    name: str
    cells: tuple[Cell, ...]
    pk: int | None = None

    @property
    def total(self) -> int:
        """All that is asked of it in these months."""
        return sum(cell.total for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Load:
    """The map: `months` by their first days, `units` the busiest first; `more` are not shown."""

    months: tuple[date, ...]
    units: tuple[UnitLoad, ...]
    more: int = 0


def load_of(user: User, today: date, most: int | None = MOST_UNITS) -> Load:
    """What running initiatives whose figures `user` may read ask of people. One query.

    Of `most` units; None is all of them.

    Counted are the minutes of assigned training that is not done and of open actions, on the day
    on which they are due; what is late, or has no day, is not in it.
    """
    months = months_from(today)
    end = _next(months[-1])
    running = Initiative.objects.with_figures_for(user).exclude(state__in=(*ENDED, "draft"))
    rows = (
        _freezes(user, today, end)
        .union(_training(running, today, end), _actions(running, today, end), all=True)
        .order_by()
    )
    # Some versions of Django would order the whole as the model of its first part is ordered.
    rows = rows.order_by()
    spans = (Span(unit, name or "", path or "", *more) for unit, name, path, *more in rows)
    return load_from(spans, months, most)


def load_from(spans: Iterable[Span], months: Sequence[date], most: int | None = MOST_UNITS) -> Load:
    """The map of `spans`; no queries."""
    work = defaultdict(list)
    freezes = []
    for span in spans:
        if span.asked_by:
            work[span.unit, span.name, span.path].append(span)
        else:
            freezes.append(span)
    units = [
        UnitLoad(name, _cells(asked, [each for each in freezes if _is_of(each, path)], months), pk)
        for (pk, name, path), asked in work.items()
    ]
    units.sort(key=lambda each: (-each.total, each.name))
    shown = tuple(units[:most])
    _shade(shown)
    return Load(tuple(months), shown, len(units) - len(shown))


def months_from(today: date) -> tuple[date, ...]:
    """The first days of this month and the next ones."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append(_next(found[-1]))
    return tuple(found)


def _cells(
    asked: Sequence[Span], freezes: Sequence[Span], months: Sequence[date]
) -> tuple[Cell, ...]:
    cells = {first: Cell(first) for first in months}
    for span in asked:
        cell = cells[span.first.replace(day=1)]
        cell.minutes[span.asked_by, span.why] += span.minutes
        if any(each.first <= span.first <= each.last for each in freezes):
            cell.frozen_minutes += span.minutes
    for cell in cells.values():
        end = _next(cell.first)
        cell.freezes = [each for each in freezes if each.first < end and each.last >= cell.first]
    return tuple(cells.values())


def _is_of(freeze: Span, path: str) -> bool:
    """Whether days that are kept free for a unit are so for the one at `path`."""
    return bool(path) and path.startswith(freeze.path)


def _shade(units: Sequence[UnitLoad]) -> None:
    most = max((cell.total for unit in units for cell in unit.cells), default=0)
    for unit in units:
        for cell in unit.cells:
            cell.shade = -(-cell.total * DARKEST // most) if most else 0


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _freezes(user: User, today: date, end: date) -> QuerySet[Any, Any]:
    # It comes first: a union has its types from its first part.
    rows = FreezePeriod.objects.visible_to(user).filter(to_on__gte=today, from_on__lt=end)
    return (
        rows.order_by()
        .annotate(
            unit_key=F("unit"),
            unit_name=F("unit__name"),
            unit_path=F("unit__path"),
            asked_by=_none(),
            first=F("from_on"),
            last=F("to_on"),
            minutes_asked=_none(),
            why=F("reason"),
            piece=_none(),
        )
        .values_list(*COLUMNS)
    )


def _training(running: QuerySet[Initiative], today: date, end: date) -> QuerySet[Any, Any]:
    rows = TrainingRecord.objects.outstanding().filter(
        plan__initiative__in=Ids(running), due_on__gte=today, due_on__lt=end
    )
    return _asked(rows, "plan__initiative", "unit", Sum("activity__minutes"), _none())


def _actions(running: QuerySet[Initiative], today: date, end: date) -> QuerySet[Any, Any]:
    """Each action by itself; whoever is in two of its groups is asked once."""
    rows = MitigationAction.objects.open().filter(
        initiative__in=Ids(running),
        due_on__gte=today,
        due_on__lt=end,
        minutes__gt=0,
        audiences__members__is_open=True,
    )
    person = "audiences__members__person"
    asked = F("minutes") * Count(person, distinct=True)
    return _asked(rows, "initiative", f"{person}__unit", asked, F("pk"))


def _none() -> Value:
    return Value(0, output_field=IntegerField())


def _asked(
    rows: QuerySet[Any, Any], initiative: str, unit: str, minutes: Any, piece: Any
) -> QuerySet[Any, Any]:
    asked: QuerySet[Any, Any] = (
        rows.order_by()
        .values(
            unit_key=F(unit),
            unit_name=F(f"{unit}__name"),
            unit_path=F(f"{unit}__path"),
            asked_by=F(initiative),
            first=F("due_on"),
            last=F("due_on"),
            why=F(f"{initiative}__title"),
            piece=piece,
        )
        .annotate(minutes_asked=minutes)
        .values_list(*COLUMNS)
    )
    return asked
