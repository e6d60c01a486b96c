"""Initiatives side by side, each with its verdict: what was asked for, in sets, not one by one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    Exists,
    Min,
    OuterRef,
    Q,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User
from change_tracker.core.questions import question
from change_tracker.core.together import Part
from change_tracker.initiatives.head import reads_register
from change_tracker.initiatives.models import ENDED
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.gaplines import SEVERE, LateUnit
from change_tracker.progress.missing import answers_to
from change_tracker.progress.reading import late_by_initiative, late_part
from change_tracker.progress.verdict import Standing, verdict
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import ReadinessStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One initiative of the list. `open_resistance` is None for who may not read the register."""

    initiative: Any
    verdict: str
    late_people: int
    open_resistance: int | None
    severe: int
    #: None where no entry says at which step people are held up, or it is not told
    stuck: "Stuck | None"
    late_actions: int
    next_on: date | None
    next_words: str | Promise


def lines_of(user: User, initiatives: Sequence[Any], today: date) -> list[Line]:
    """What is said of each of `initiatives`, rows of a portfolio. One query."""
    if not initiatives:
        return []
    late, acted, number, strong = _counted(
        user, initiatives=[x.pk for x in initiatives], today=today
    )
    heard = _heard_by_initiative(number, strong)
    units = late_by_initiative(late)
    actions = {each.initiative: each for each in acted}
    return [
        _line(
            row,
            units.get(row.pk, ()),
            actions.get(row.pk, NOTHING_DUE),
            heard.get(row.pk, Open()) if reads_register(user, row) else None,
            today,
        )
        for row in initiatives
    ]


class _Acted(NamedTuple):
    """Of the open actions of an initiative: how many are late, and when the next one is due."""

    initiative: int
    late: int
    next_on: date | None


NOTHING_DUE = _Acted(0, 0, None)


class Stuck(NamedTuple):
    """The step at which people are held up most, and how many open entries say so."""

    stage: str | Promise
    number: int
    severe: int


@dataclass(slots=True)
class Open:
    """Of the open entries of a register: how many, how many are severe, and how many of those
    nothing answers.
    """

    number: int = 0
    severe: int = 0
    unanswered: int = 0
    #: by step, the severe ones first
    stages: dict[str, list[int]] = field(default_factory=dict)

    @property
    def stuck(self) -> Stuck | None:
        """The step of most of what is severe, else of most that is open; of two the earlier one:
        who does not know of a change need not be asked yet whether they are able to.
        """
        told = [stage for stage in ReadinessStage if stage.value in self.stages]
        if not told:
            return None
        most = max(told, key=lambda stage: self.stages[stage.value])
        severe, number = self.stages[most.value]
        return Stuck(most.label, number, severe)


class _Number(NamedTuple):
    """How many open entries of a step there are in an initiative."""

    initiative: int
    stage: str
    number: int


class _Strong(NamedTuple):
    """The same of those that are strong, and how many of them nothing answers."""

    initiative: int
    stage: str
    severe: int
    unanswered: int


@question
def _counted(user: User, *, initiatives: Any, today: date) -> tuple[Part, ...]:
    """Who is late in each of them, how its actions are, and what is open in its register."""
    seen = MitigationAction.objects.open().visible_to(user).filter(initiative__in=initiatives)
    acted = (
        seen.order_by()
        .values("initiative")
        .annotate(
            late=Count("pk", filter=Q(due_on__lt=today)),
            next_on=Min("due_on", filter=Q(due_on__gte=today)),
        )
    )
    heard: Any = ResistanceSource.objects.open().visible_to(user).filter(initiative__in=initiatives)
    lacks = ~Exists(answers_to(OuterRef("pk"))) & ~Q(state=ResistanceSource.State.ACCEPTED)
    number = heard.order_by().values("initiative", "stage").annotate(number=Count("pk"))
    strong = (
        heard.with_levels()
        .filter(latest_level__gte=SEVERE)
        .order_by()
        .values("initiative", "stage")
        .annotate(severe=Count("pk"), unanswered=Count("pk", filter=lacks))
    )
    return (
        late_part(initiatives, today),
        Part(acted, _Acted._fields, make=_Acted),
        Part(number, _Number._fields, make=_Number),
        Part(strong, _Strong._fields, make=_Strong),
    )


def _heard_by_initiative(number: list[_Number], strong: list[_Strong]) -> dict[int, Open]:
    found: dict[int, Open] = defaultdict(Open)
    for each in number:
        found[each.initiative].number += each.number
        found[each.initiative].stages[each.stage] = [0, each.number]
    for some in strong:
        found[some.initiative].severe += some.severe
        found[some.initiative].unanswered += some.unanswered
        found[some.initiative].stages[some.stage][0] = some.severe
    return found


def _line(
    row: Any, late: tuple[LateUnit, ...], acted: _Acted, heard: Open | None, today: date
) -> Line:
    """`heard` is None where it is not told."""
    worst = late[0] if late else LateUnit("", 0)
    entries = heard or Open()
    standing = Standing(
        state=row.state,
        go_live_in=(row.go_live_on - today).days if row.go_live_on else None,
        enrolled=row.is_enrolled,
        due=row.is_due,
        late_people=sum(unit.people for unit in late),
        late_unit=worst.name,
        late_in_unit=worst.people,
        open_resistance=None if heard is None else heard.number,
        severe=entries.severe,
        severe_unanswered=entries.unanswered,
        late_actions=acted.late,
        is_led=row.is_led,
    )
    next_on, next_words = _next(row, acted.next_on, today)
    return Line(
        initiative=row,
        verdict=verdict(standing),
        late_people=standing.late_people,
        open_resistance=standing.open_resistance,
        severe=standing.severe,
        stuck=entries.stuck,
        late_actions=standing.late_actions,
        next_on=next_on,
        next_words=next_words,
    )


def _next(row: Any, action_on: date | None, today: date) -> tuple[date | None, str | Promise]:
    """The next date of a row, and what is on it; of several on one day the last one is named."""
    ahead = row.go_live_on if row.go_live_on and row.go_live_on >= today else None
    dates = (
        (row.next_training_on, _("training is due")),
        (action_on, _("an action is due")),
        (ahead, _("go-live")),
    )
    known = {day: words for day, words in dates if day is not None}
    if not known or row.state in ENDED:
        return None, ""
    next_on = min(known)
    return next_on, known[next_on]
