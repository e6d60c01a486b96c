"""Where work is missing in an initiative: read once, then judged without further queries.

The register is read through the doorway: whoever may not read it, such as HR, is told of people
and actions only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.text import short_date
from change_tracker.initiatives.models import Initiative
from change_tracker.mitigation.models import MitigationAction
from change_tracker.progress.queries import Measures, measures
from change_tracker.progress.verdict import Standing
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.register import ENDED_STATES, Level
from change_tracker.training.models import TrainingRecord

MOST_GAPS = 5
SEVERE = Level.AVOIDING
#: An action in one of these answers nothing.
NO_ANSWER = ("cancelled", "ineffective")
QUOTED = 2
NEXT_DUES = 3
#: Many a lead writes what they hear in quotation marks; ours are enough.
QUOTES = "“”„\"' "


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One entry of the register, as far as a gap needs it; `level` is None before a review."""

    statement: str
    state: str
    level: int | None
    review_on: date | None
    is_answered: bool

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that is counted of one initiative on one day."""

    measures: Measures = field(default_factory=Measures)
    #: people who are late by unit, most first; an empty name for no unit
    late: tuple[tuple[str, int], ...] = ()
    #: None for who may not read the register
    register: tuple[Heard, ...] | None = None
    #: open ones, the earliest date first, those without a date last
    actions: tuple[MitigationAction, ...] = ()

    @property
    def late_people(self) -> int:
        """People with training that is late."""
        return sum(number for _unit, number in self.late)

    @property
    def open_resistance(self) -> tuple[Heard, ...]:
        """What still asks for something."""
        return tuple(each for each in self.register or () if each.is_open)

    def late_actions(self, today: date) -> tuple[MitigationAction, ...]:
        """Open actions past their date."""
        return tuple(each for each in self.actions if each.due_on and each.due_on < today)


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of "needs you today": `kind` says where it leads."""

    kind: str
    number: int
    sentence: str
    cause: str


def situation_of(
    user: User, initiative: Initiative, *, reads_register: bool, today: date
) -> Situation:
    """The situation as `user` may know it. Five queries."""
    return Situation(
        measures=measures(initiative, today),
        late=late_by_unit(initiative, today),
        register=register_of(user, initiative) if reads_register else None,
        actions=open_actions_of(user, initiative),
    )


def late_by_unit(initiative: Initiative, today: date) -> tuple[tuple[str, int], ...]:
    """People who are late, by the unit they are in now; most first. One query."""
    records = TrainingRecord.objects.filter(plan__initiative=initiative).overdue(today)
    rows = records.order_by().values_list("unit__name").annotate(n=Count("person", distinct=True))
    return tuple((name or "", number) for name, number in rows.order_by("-n", "unit__name"))


def register_of(user: User, initiative: Initiative) -> tuple[Heard, ...]:
    """The register, strongest first. One query."""
    answers = MitigationAction.sources.through.objects.filter(
        resistancesource=OuterRef("pk")
    ).exclude(mitigationaction__state__in=NO_ANSWER)
    seen = ResistanceSource.objects.with_levels().visible_to(user).filter(initiative=initiative)
    rows = seen.annotate(is_answered=Exists(answers)).order_by(
        F("latest_level").desc(nulls_last=True), "pk"
    )
    fields = ("statement", "state", "review_on", "is_answered", "latest_level")
    return tuple(
        Heard(statement=words, state=state, review_on=again, is_answered=answered, level=level)
        for words, state, again, answered, level in rows.values_list(*fields)
    )


def open_actions_of(user: User, initiative: Initiative) -> tuple[MitigationAction, ...]:
    """Open actions with their owners, the earliest date first. One query."""
    rows = MitigationAction.objects.open().visible_to(user).filter(initiative=initiative)
    return tuple(rows.select_related("owner").order_by(F("due_on").asc(nulls_last=True), "pk"))


def next_dues(initiative: Initiative, today: date) -> list[tuple[str, date, int]]:
    """The next dates on which training is due: plan, date and for how many people. One query."""
    records = TrainingRecord.objects.filter(plan__initiative=initiative, due_on__gte=today)
    rows = records.outstanding().order_by().values_list("plan__title", "due_on")
    people = rows.annotate(people=Count("person", distinct=True))
    return list(people.order_by("due_on", "plan__title")[:NEXT_DUES])


def standing_of(initiative: Initiative, situation: Situation, today: date) -> Standing:
    """What the verdict weighs; no queries."""
    heard = situation.open_resistance
    unit, number = situation.late[0] if situation.late else ("", 0)
    go_live_on = initiative.go_live_on
    return Standing(
        state=initiative.state,
        go_live_in=(go_live_on - today).days if go_live_on else None,
        enrolled=situation.measures.enrolled,
        due=situation.measures.due,
        late_people=situation.late_people,
        late_unit=unit,
        late_in_unit=number,
        open_resistance=None if situation.register is None else len(heard),
        severe=sum(each.is_severe for each in heard),
        severe_unanswered=sum(each.is_severe and each.lacks_answer for each in heard),
        late_actions=len(situation.late_actions(today)),
    )


def gaps_of(situation: Situation, today: date) -> tuple[Gap, ...]:
    """What needs somebody today, at most five lines and none that counts nothing; no queries."""
    heard = situation.open_resistance
    lines = (
        _late(situation.late),
        _unanswered([each for each in heard if each.lacks_answer]),
        _late_actions(situation.late_actions(today), today),
        _look_again([each for each in heard if each.review_on and each.review_on <= today]),
    )
    return tuple(line for line in lines if line.number)[:MOST_GAPS]


def _late(late: Sequence[tuple[str, int]]) -> Gap:
    number = sum(each for _unit, each in late)
    sentence = ngettext("person is late with training", "people are late with training", number)
    unit, most = late[0] if late else ("", 0)
    cause = ""
    if unit and most == number:
        cause = gettext("All of it in %(unit)s.") % {"unit": unit}
    elif unit:
        cause = gettext("%(most)s of them in %(unit)s.") % {"most": most, "unit": unit}
    return Gap("late", number, sentence, cause)


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


def _quoted(heard: Sequence[Heard]) -> str:
    quote = gettext("“%(words)s”")
    shown = [Truncator(each.statement.strip(QUOTES)).chars(80) for each in heard[:QUOTED]]
    return " ".join(quote % {"words": words} for words in shown)
