"""Where work is missing in an initiative: read once, then judged without further queries.

The register is read through the doorway: whoever may not read it, such as HR, is told of people
and actions only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef

from change_tracker.core.access import User
from change_tracker.core.together import Part, read_together
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import NO_ANSWER, MitigationAction
from change_tracker.progress import gaplines
from change_tracker.progress.gaplines import NOTHING, SEVERE, First, Gap, Heard, LateUnit
from change_tracker.progress.missing import first_of
from change_tracker.progress.queries import Measures, measures
from change_tracker.progress.verdict import Standing
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES
from change_tracker.training.models import TrainingRecord
from change_tracker.training.waiting import requests_for

#: Of the list of gaps, so many lines stand under "needs you today".
MOST_GAPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that is counted of one initiative on one day."""

    measures: Measures = field(default_factory=Measures)
    #: by unit, most people first
    late: tuple[LateUnit, ...] = ()
    #: None for who may not read the register
    register: tuple[Heard, ...] | None = None
    #: people who ask for more time and wait for this very reader, and since when the first does
    asking: tuple[int, date | None] = (0, None)
    #: answers that this very reader owes longer than promised, and the day of the first promise
    concerns: tuple[int, date | None] = (0, None)
    #: open ones, the earliest date first, those without a date last
    actions: tuple[MitigationAction, ...] = ()
    #: how many objectives nobody has measured yet, and key and title of the first
    unread: First = NOTHING
    #: what is done, and nobody said whether it worked
    unjudged: First = NOTHING
    #: tools whose next evaluation is due
    tools: First = NOTHING
    #: groups that no published plan trains, those that are hit hardest first
    untrained: First = NOTHING
    is_led: bool = True

    @property
    def late_people(self) -> int:
        """People with training that is late."""
        return sum(unit.people for unit in self.late)

    @property
    def open_resistance(self) -> tuple[Heard, ...]:
        """What still asks for something."""
        return tuple(each for each in self.register or () if each.is_open)

    def late_actions(self, today: date) -> tuple[MitigationAction, ...]:
        """Open actions past their date."""
        return tuple(each for each in self.actions if each.due_on and each.due_on < today)


def situation_of(user: User, initiative: Any, *, reads_register: bool, today: date) -> Situation:
    """What `user` may know of a row `with_missing`. Six queries."""
    return _situation(
        initiative,
        measures=measures(initiative, today, is_today=True),
        late=late_by_unit(initiative, today),
        register=register_of(user, initiative) if reads_register else None,
        asking=asking_for_time(user, initiative),
        actions=open_actions_of(user, initiative),
    )


def situations_of(user: User, initiatives: Sequence[Any], today: date) -> dict[int, Situation]:
    """What `user`, who leads them, may know of several rows `with_missing`, but for figures of
    training. Four queries.
    """
    late, heard = late_in(initiatives, today), registers_of(user, initiatives)
    asking, actions = asking_in(user, initiatives), actions_in(user, initiatives)
    return {
        each.pk: _situation(
            each,
            late=late.get(each.pk, ()),
            register=heard.get(each.pk, ()),
            asking=asking.get(each.pk, (0, None)),
            actions=actions.get(each.pk, ()),
        )
        for each in initiatives
    }


def _situation(row: Any, **read: Any) -> Situation:
    """What the row says itself, beside what was `read` of it."""
    return Situation(
        concerns=(row.late_concerns, row.late_concern_on),
        is_led=row.is_led,
        unread=First(row.unread, row.unread_title or "", pk=row.unread_first),
        unjudged=first_of(row, "unjudged"),
        tools=first_of(row, "tools"),
        untrained=first_of(row, "untrained"),
        **read,
    )


def asking_for_time(user: User, initiative: Initiative) -> tuple[int, date | None]:
    """How many people ask `user` for more time, and since when the first does. One query."""
    return asking_in(user, [initiative]).get(initiative.pk, (0, None))


def asking_in(user: User, initiatives: Sequence[Initiative]) -> dict[int, tuple[int, date | None]]:
    """The same of several initiatives by id. One query."""
    path = "record__plan__initiative"
    waiting = requests_for(user).filter(**{f"{path}__in": [each.pk for each in initiatives]})
    asked = waiting.order_by().values_list(path)
    people = asked.annotate(people=Count("record__person", distinct=True), since=Min("asked_on"))
    return {pk: (number, since) for pk, number, since in people}


def late_by_unit(initiative: Initiative, today: date) -> tuple[LateUnit, ...]:
    """People who are late, by the unit they are in now; most first. One query."""
    return late_in([initiative], today).get(initiative.pk, ())


def late_in(initiatives: Sequence[Initiative], today: date) -> dict[int, tuple[LateUnit, ...]]:
    """The same of several initiatives by id. One query."""
    (units,) = read_together(late_part(initiatives, today))
    return late_by_initiative(units)


def late_part(initiatives: Sequence[Initiative], today: date) -> Part:
    """The same to be read beside something else: pairs of an initiative and a unit, unordered."""
    records = TrainingRecord.objects.overdue(today).filter(
        plan__initiative__in=[each.pk for each in initiatives]
    )
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


def register_of(user: User, initiative: Initiative) -> tuple[Heard, ...]:
    """The register, strongest first. One query."""
    return registers_of(user, [initiative]).get(initiative.pk, ())


@dataclass(slots=True)
class Open:
    """Of the open entries of a register: how many, how many are severe, and how many of those
    nothing answers.
    """

    number: int = 0
    severe: int = 0
    unanswered: int = 0


def open_entries_of(user: User, initiatives: Sequence[Initiative]) -> dict[int, Open]:
    """How many open entries the registers of several initiatives have, by id. One query."""
    rows = _entries_of(user, initiatives).exclude(state__in=ENDED_STATES)
    alike = ("initiative", "latest_level", "state", "is_answered")
    found: dict[int, Open] = defaultdict(Open)
    for pk, level, state, is_answered, number in rows.values_list(*alike, Count("pk")):
        is_severe = (level or 0) >= SEVERE
        found[pk].number += number
        found[pk].severe += number * is_severe
        found[pk].unanswered += number * (
            is_severe and not is_answered and state != ResistanceSource.State.ACCEPTED
        )
    return found


def _entries_of(user: User, initiatives: Sequence[Initiative]) -> Any:
    """Their entries with `latest_level` and `is_answered`, unordered."""
    answers = MitigationAction.sources.through.objects.filter(
        resistancesource=OuterRef("pk")
    ).exclude(mitigationaction__state__in=NO_ANSWER)
    seen = ResistanceSource.objects.with_levels().visible_to(user)
    mine = seen.filter(initiative__in=[each.pk for each in initiatives])
    return mine.annotate(is_answered=Exists(answers)).order_by()


def registers_of(user: User, initiatives: Sequence[Initiative]) -> dict[int, tuple[Heard, ...]]:
    """The registers of several initiatives by id, strongest first. One query."""
    rows = _entries_of(user, initiatives)
    columns = ("pk", "statement", "state", "review_on", "is_answered", "approver", "initiative")
    found: dict[int, list[Heard]] = defaultdict(list)
    # Sorted here: a database would look for each latest level once more to sort by it.
    for each in sorted(rows.values(*columns, level=F("latest_level")), key=_strongest_first):
        found[each.pop("initiative")].append(Heard(**each))
    return {pk: tuple(some) for pk, some in found.items()}


def _strongest_first(row: dict[str, Any]) -> tuple[bool, int, int]:
    level = row["level"]
    return level is None, -(level or 0), row["pk"]


def open_actions_of(user: User, initiative: Initiative) -> tuple[MitigationAction, ...]:
    """Open actions with their owners, the earliest date first. One query."""
    return actions_in(user, [initiative]).get(initiative.pk, ())


def actions_in(
    user: User, initiatives: Sequence[Initiative]
) -> dict[int, tuple[MitigationAction, ...]]:
    """The same of several initiatives by id. One query."""
    ids = [each.pk for each in initiatives]
    rows = MitigationAction.objects.open().visible_to(user).filter(initiative__in=ids)
    found: dict[int, list[MitigationAction]] = defaultdict(list)
    for each in rows.select_related("owner").order_by(F("due_on").asc(nulls_last=True), "pk"):
        found[each.initiative_id].append(each)
    return {pk: tuple(some) for pk, some in found.items()}


def standing_of(initiative: Initiative, situation: Situation, today: date) -> Standing:
    """What the verdict weighs; no queries."""
    heard = situation.open_resistance
    worst = situation.late[0] if situation.late else LateUnit("", 0)
    go_live_on = initiative.go_live_on
    return Standing(
        state=initiative.state,
        go_live_in=(go_live_on - today).days if go_live_on else None,
        enrolled=situation.measures.enrolled,
        due=situation.measures.due,
        late_people=situation.late_people,
        late_unit=worst.name,
        late_in_unit=worst.people,
        open_resistance=None if situation.register is None else len(heard),
        severe=sum(each.is_severe for each in heard),
        severe_unanswered=sum(each.is_severe and each.lacks_answer for each in heard),
        late_actions=len(situation.late_actions(today)),
        is_led=situation.is_led,
    )


def gaps_of(situation: Situation, today: date, most: int | None = MOST_GAPS) -> tuple[Gap, ...]:
    """The gaps, the most pressing first, and none that counts nothing; no queries.

    At most five, for "needs you today"; all of them with `most=None`.
    """
    heard = situation.open_resistance
    lines = (
        gaplines.late(situation.late),
        gaplines.concerns(*situation.concerns, today),
        gaplines.asking(*situation.asking, today),
        gaplines.unanswered([each for each in heard if each.lacks_answer]),
        gaplines.late_actions(situation.late_actions(today), today),
        gaplines.look_again([each for each in heard if each.review_on and each.review_on <= today]),
        gaplines.unjudged(situation.unjudged, today),
        gaplines.tools(situation.tools, today),
        gaplines.untrained(situation.untrained),
        gaplines.unread(situation.unread),
    )
    return tuple(line for line in lines if line.number)[:most]
