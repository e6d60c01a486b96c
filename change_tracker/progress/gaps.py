"""Where work is missing in an initiative: read once, then judged without further queries.

The register is read through the doorway: whoever may not read it, such as HR, is told of people
and actions only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.text import short_date
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import NO_ANSWER, MitigationAction
from change_tracker.progress.queries import Measures, measures
from change_tracker.progress.verdict import Standing
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES, Level
from change_tracker.training.models import TrainingRecord
from change_tracker.training.waiting import requests_for

MOST_GAPS = 5
SEVERE = Level.AVOIDING
QUOTED = 2
#: Many a lead writes what they hear in quotation marks; ours are enough.
QUOTES = "“”„\"' "


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One entry of the register, as far as a gap needs it; `level` is None before a review.

    `approver` is the id of the person who decided to live with it.
    """

    pk: int
    statement: str
    state: str
    level: int | None
    review_on: date | None
    is_answered: bool
    approver: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.state not in ENDED_STATES

    @property
    def is_severe(self) -> bool:
        """Open and at one of the two highest levels."""
        return self.is_open and (self.level or 0) >= SEVERE

    @property
    def lacks_answer(self) -> bool:
        """Open, nothing answers it, and nobody decided to live with it."""
        return self.is_open and not self.is_answered and self.state != "accepted"


class LateUnit(NamedTuple):
    """How many people of a unit are late; an empty `name` and no `pk` for no unit."""

    name: str
    people: int
    pk: int | None = None


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
    unread: tuple[int, int | None, str] = (0, None, "")
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


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of "needs you today": `kind` says where it leads; `unit` is that of the cause.

    `first` is the key of the first row of which it speaks.
    """

    kind: str
    number: int
    sentence: str
    cause: str
    unit: int | None = None
    first: int | None = None


def situation_of(user: User, initiative: Any, *, reads_register: bool, today: date) -> Situation:
    """What `user` may know of a row with what `OverviewPage` adds to it. Six queries."""
    return Situation(
        measures=measures(initiative, today),
        late=late_by_unit(initiative, today),
        register=register_of(user, initiative) if reads_register else None,
        asking=asking_for_time(user, initiative),
        concerns=(initiative.late_concerns, initiative.late_concern_on),
        actions=open_actions_of(user, initiative),
        is_led=initiative.is_led,
        unread=(initiative.unread, initiative.unread_first, initiative.unread_title or ""),
    )


def asking_for_time(user: User, initiative: Initiative) -> tuple[int, date | None]:
    """How many people ask `user` for more time, and since when the first does. One query."""
    waiting = requests_for(user).filter(record__plan__initiative=initiative)
    asked = waiting.aggregate(people=Count("record__person", distinct=True), since=Min("asked_on"))
    return asked["people"], asked["since"]


def late_by_unit(initiative: Initiative, today: date) -> tuple[LateUnit, ...]:
    """People who are late, by the unit they are in now; most first. One query."""
    return late_in([initiative], today).get(initiative.pk, ())


def late_in(initiatives: Sequence[Initiative], today: date) -> dict[int, tuple[LateUnit, ...]]:
    """The same of several initiatives by id. One query."""
    records = TrainingRecord.objects.overdue(today).filter(
        plan__initiative__in=[each.pk for each in initiatives]
    )
    rows = records.order_by().values_list("plan__initiative", "unit", "unit__name")
    people = rows.annotate(n=Count("person", distinct=True)).order_by("-n", "unit__name", "unit")
    found: dict[int, list[LateUnit]] = defaultdict(list)
    for pk, unit, name, number in people:
        found[pk].append(LateUnit(name or "", number, unit))
    return {pk: tuple(some) for pk, some in found.items()}


def register_of(user: User, initiative: Initiative) -> tuple[Heard, ...]:
    """The register, strongest first. One query."""
    return registers_of(user, [initiative]).get(initiative.pk, ())


def registers_of(
    user: User, initiatives: Sequence[Initiative], *, only_open: bool = False
) -> dict[int, tuple[Heard, ...]]:
    """The registers of several initiatives by id, strongest first. One query."""
    answers = MitigationAction.sources.through.objects.filter(
        resistancesource=OuterRef("pk")
    ).exclude(mitigationaction__state__in=NO_ANSWER)
    seen = (
        ResistanceSource.objects.with_levels()
        .visible_to(user)
        .filter(initiative__in=[each.pk for each in initiatives])
    )
    if only_open:
        seen = seen.exclude(state__in=ENDED_STATES)
    rows = seen.annotate(is_answered=Exists(answers)).order_by(
        F("latest_level").desc(nulls_last=True), "pk"
    )
    columns = ("pk", "statement", "state", "review_on", "is_answered", "approver", "initiative")
    found: dict[int, list[Heard]] = defaultdict(list)
    for each in rows.values(*columns, level=F("latest_level")):
        found[each.pop("initiative")].append(Heard(**each))
    return {pk: tuple(some) for pk, some in found.items()}


def open_actions_of(user: User, initiative: Initiative) -> tuple[MitigationAction, ...]:
    """Open actions with their owners, the earliest date first. One query."""
    rows = MitigationAction.objects.open().visible_to(user).filter(initiative=initiative)
    return tuple(rows.select_related("owner").order_by(F("due_on").asc(nulls_last=True), "pk"))


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


def gaps_of(situation: Situation, today: date) -> tuple[Gap, ...]:
    """What needs somebody today, at most five lines and none that counts nothing; no queries."""
    heard = situation.open_resistance
    lines = (
        _late(situation.late),
        _concerns(*situation.concerns, today),
        _asking(*situation.asking, today),
        _unanswered([each for each in heard if each.lacks_answer]),
        _late_actions(situation.late_actions(today), today),
        _look_again([each for each in heard if each.review_on and each.review_on <= today]),
        _unread(*situation.unread),
    )
    return tuple(line for line in lines if line.number)[:MOST_GAPS]


def _late(late: Sequence[LateUnit]) -> Gap:
    number = sum(each.people for each in late)
    sentence = ngettext("person is late with training", "people are late with training", number)
    unit, most, pk = late[0] if late else LateUnit("", 0)
    cause = ""
    if unit and most == number:
        cause = gettext("All of it in %(unit)s.") % {"unit": unit}
    elif unit:
        cause = gettext("%(most)s of them in %(unit)s.") % {"most": most, "unit": unit}
    return Gap("late", number, sentence, cause, pk)


def _asking(number: int, since: date | None, today: date) -> Gap:
    sentence = ngettext("person asks for more time", "people ask for more time", number)
    words = {"day": short_date(since, today)} if since else {}
    cause = gettext("The first since %(day)s.") % words if since else ""
    return Gap("asking", number, sentence, cause)


def _concerns(number: int, since: date | None, today: date) -> Gap:
    sentence = ngettext(
        "answer that was promised is late", "answers that were promised are late", number
    )
    words = {"day": short_date(since, today)} if since else {}
    cause = gettext("The first was promised by %(day)s.") % words if since else ""
    return Gap("concerns", number, sentence, cause)


def _unanswered(heard: Sequence[Heard]) -> Gap:
    sentence = ngettext(
        "resistance has no action yet", "resistances have no action yet", len(heard)
    )
    return Gap("unanswered", len(heard), sentence, _quoted(heard))


def _look_again(heard: Sequence[Heard]) -> Gap:
    sentence = ngettext(
        "resistance is to be looked at again", "resistances are to be looked at again", len(heard)
    )
    return Gap("look_again", len(heard), sentence, _quoted(heard))


def _late_actions(actions: Sequence[MitigationAction], today: date) -> Gap:
    sentence = ngettext("action passed its date", "actions passed their date", len(actions))
    cause = ""
    if actions and actions[0].due_on:
        first = actions[0]
        words = {
            "title": first.title,
            "owner": first.owner,
            "day": short_date(actions[0].due_on, today),
        }
        cause = gettext("“%(title)s”, due %(day)s, without an owner.") % words
        if first.owner_id:
            cause = gettext("“%(title)s”, due %(day)s, owner %(owner)s.") % words
    return Gap("late_actions", len(actions), sentence, cause)


def _unread(number: int, first: int | None, title: str) -> Gap:
    sentence = ngettext("objective has no reading yet", "objectives have no reading yet", number)
    cause = gettext("“%(words)s”") % {"words": title}
    return Gap("unread", number, sentence, cause, first=first)


def _quoted(heard: Sequence[Heard]) -> str:
    quote = gettext("“%(words)s”")
    shown = [Truncator(each.statement.strip(QUOTES)).chars(80) for each in heard[:QUOTED]]
    return " ".join(quote % {"words": words} for words in shown)
