"""What is read of initiatives to judge where they stand. Every question is written once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Value

from change_tracker.core.access import User, whether
from change_tracker.core.questions import question
from change_tracker.core.together import Part
from change_tracker.initiatives.head import with_head
from change_tracker.initiatives.models import Objective
from change_tracker.initiatives.models.groups import Impact
from change_tracker.initiatives.queries import with_leaders
from change_tracker.mitigation.models import OPEN_STATES, MitigationAction
from change_tracker.progress.gaplines import NOTHING, First, Heard, LateUnit
from change_tracker.progress.missing import answers_to, is_outdated, is_unjudged, untrained
from change_tracker.progress.queries import (
    Measures,
    initiatives_with_progress_for,
    measures_parts,
)
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.queries import hearing_of
from change_tracker.training.models import TrainingRecord
from change_tracker.training.waiting import requests_for
from change_tracker.voice.queries import late_feedback_part


@dataclass(slots=True, kw_only=True)
class Counted:
    """What is counted of one initiative."""

    figures: dict[str, int] = field(default_factory=dict)
    #: by unit, most people first
    late: tuple[LateUnit, ...] = ()
    #: people who ask for more time and wait for this very reader, and since when the first does
    asking: tuple[int, date | None] = (0, None)
    #: answers that this very reader owes longer than promised, and the day of the first promise
    concerns: tuple[int, date | None] = (0, None)
    #: objectives that nobody has measured yet
    unread: First = NOTHING
    #: groups that no published plan trains, those that are hit hardest first
    untrained: First = NOTHING

    @property
    def measures(self) -> Measures:
        """The figures of training, where they were asked for."""
        return Measures(**self.figures)


class OpenAction(NamedTuple):
    """Work under way, as far as pages about the whole initiative say it; `owner` is a name."""

    pk: int
    title: str
    state: str
    due_on: date | None
    position: int
    owner_id: int | None
    owner: str


@dataclass(slots=True, kw_only=True)
class Acting:
    """The actions of one initiative."""

    #: the earliest date first, those without a date last
    open: tuple[OpenAction, ...] = ()
    #: what is done, and nobody said whether it worked
    unjudged: First = NOTHING
    #: tools whose next evaluation is due
    tools: First = NOTHING


def inside_of(user: User, slug: str, today: date) -> Any:
    """The initiative whose figures `user` may read, for its pages: with its head, `is_led` and
    `may_hear`; None where there is none. One query.
    """
    return next(iter(_inside(user, slug=slug, today=today)), None)


@question
def _inside(user: User, *, slug: str, today: date) -> Any:
    hearing = hearing_of(user).filter(pk=OuterRef("pk"))
    rows = with_head(initiatives_with_progress_for(user).filter(slug=slug), user)
    return with_leaders(rows, today).annotate(may_hear=Exists(hearing))


def counted_in(
    user: User, initiatives: Collection[int], today: date, *, with_measures: bool = True
) -> dict[int, Counted]:
    """What is counted of several initiatives, by id. One query."""
    if not initiatives:
        return {}
    found: dict[int, Counted] = defaultdict(Counted)
    rows = _counted(user, with_measures, initiatives=[*initiatives], today=today)
    late, asking, concerns, unread, groups, *figures = rows
    for pk, units in late_by_initiative(late).items():
        found[pk].late = units
    for pk, number, since in asking:
        found[pk].asking = (number, since)
    for pk, number, since in concerns:
        found[pk].concerns = (number, since)
    for pk, goals in _by_first(unread).items():
        found[pk].unread = First(len(goals), goals[0][2], pk=goals[0][1])
    for pk, some in _by_first(groups).items():
        found[pk].untrained = First(len(some), some[0][3])
    for pk, numbers in chain(*figures):
        found[pk].figures |= numbers
    return found


@question
def _counted(user: User, with_measures: bool, *, initiatives: Any, today: date) -> Any:  # noqa: FBT001 a form
    path = "record__plan__initiative"
    waiting = requests_for(user).filter(**{f"{path}__in": initiatives}).order_by().values(path)
    asked = waiting.annotate(people=Count("record__person", distinct=True), since=Min("asked_on"))
    goals = Objective.objects.filter(initiative__in=initiatives).unread()
    # The hardest hit come first; MariaDB knows no negative of a column that has none.
    spared = Value(Impact.ENTIRE.value) - F("impact")
    groups = untrained().filter(initiative__in=initiatives).annotate(spared=spared)
    return (
        late_part(initiatives, today),
        Part(asked, (path, "people", "since"), _in_a_row),
        late_feedback_part(user, initiatives, today),
        Part(goals, ("initiative", "id", "title"), _in_a_row),
        Part(groups, ("initiative", "spared", "id", "audience__name"), _in_a_row),
        *(measures_parts(initiatives, today) if with_measures else ()),
    )


def late_part(initiatives: Any, today: date) -> Part:
    """Who is late in `initiatives` (ids), to be read with others: pairs of an initiative and a
    unit, unordered.
    """
    records = TrainingRecord.objects.overdue(today).filter(plan__initiative__in=initiatives)
    rows = records.order_by().values("plan__initiative", "unit", "unit__name")
    people = rows.annotate(people=Count("person", distinct=True))

    def make(**values: Any) -> tuple[int, LateUnit]:
        pk, unit, name, number = values.values()
        return pk, LateUnit(name or "", number, unit)

    return Part(people, ("plan__initiative", "unit", "unit__name", "people"), make)


def late_by_initiative(units: Iterable[tuple[int, LateUnit]]) -> dict[int, tuple[LateUnit, ...]]:
    """Those pairs by initiative, the unit with most people first."""
    found: dict[int, list[LateUnit]] = defaultdict(list)
    for pk, unit in sorted(units, key=lambda pair: _most_first(pair[1])):
        found[pk].append(unit)
    return {pk: tuple(some) for pk, some in found.items()}


def _most_first(unit: LateUnit) -> tuple[int, str, int]:
    return -unit.people, unit.name, unit.pk or 0


def registers_of(user: User, initiatives: Collection[int]) -> dict[int, tuple[Heard, ...]]:
    """The registers of several initiatives by id, strongest first. One query."""
    found: dict[int, list[Heard]] = defaultdict(list)
    rows = _entries(user, initiatives=[*initiatives]) if initiatives else []
    # Sorted here: a database would look for each latest level once more to sort by it.
    for pk, *said in sorted(rows, key=_strongest_first):
        found[pk].append(Heard(*said))
    return {pk: tuple(some) for pk, some in found.items()}


@question
def _entries(user: User, *, initiatives: Any) -> Any:
    rows = ResistanceSource.objects.with_levels().visible_to(user)
    mine = rows.filter(initiative__in=initiatives).order_by()
    return mine.annotate(is_answered=Exists(answers_to(OuterRef("pk")))).values_list(
        *("initiative", "pk", "statement", "state", "latest_level"),
        *("review_on", "is_answered", "approver"),
    )


def _strongest_first(row: Sequence[Any]) -> tuple[bool, int, int]:
    _initiative, pk, _statement, _state, level, *_rest = row
    return level is None, -(level or 0), pk


def actions_in(user: User, initiatives: Collection[int], today: date) -> dict[int, Acting]:
    """The actions of several initiatives that are open or ask for something, by id. One query."""
    found: dict[int, Acting] = defaultdict(Acting)
    rows = _actions(user, initiatives=[*initiatives], today=today) if initiatives else []
    for pk, some in _grouped(rows).items():
        found[pk] = Acting(
            open=_open_among(some),
            unjudged=_first_among([(row[7], row[0], row[1]) for row in some if row[9]]),
            tools=_first_among([(row[8], row[0], row[1]) for row in some if row[10]]),
        )
    return found


@question
def _actions(user: User, *, initiatives: Any, today: date) -> Any:
    asks = is_unjudged(today) | is_outdated(today)
    mine = MitigationAction.objects.visible_to(user).filter(initiative__in=initiatives)
    rows = mine.filter(Q(state__in=OPEN_STATES) | asks).order_by()
    judged = rows.annotate(is_unjudged=whether(is_unjudged(today)))
    return judged.annotate(is_outdated=whether(is_outdated(today))).values_list(
        *("initiative", "pk", "title", "state", "due_on", "position"),
        *("owner", "owner__display_name", "done_on", "evaluate_again_on"),
        *("is_unjudged", "is_outdated"),
    )


def _grouped(rows: Iterable[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for pk, *row in rows:
        found[pk].append(row)
    return found


def _open_among(rows: Iterable[Sequence[Any]]) -> tuple[OpenAction, ...]:
    some = [OpenAction._make([*row[:6], row[6] or ""]) for row in rows if row[2] in OPEN_STATES]
    return tuple(sorted(some, key=lambda each: (each.due_on or date.max, each.pk)))


def _first_among(rows: list[tuple[date, int, str]]) -> First:
    on, pk, title = min(rows, default=(None, None, ""))
    return First(len(rows), title, on, pk)


def _by_first(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows by their first column, each in the order of the others."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in sorted(rows):
        found[row[0]].append(row)
    return found


def _in_a_row(**values: Any) -> tuple[Any, ...]:
    return (*values.values(),)
