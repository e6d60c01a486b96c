"""Why people were given their training: through which groups, and what it is meant to help with."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, Q

from change_tracker.core.questions import lookup
from change_tracker.core.together import Part
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.training.duewords import Reason
from change_tracker.training.models import EnrolmentReason, TrainingPlan, TrainingRecord

#: How many kinds of resistance somebody reads of; more would be a list, not a reason.
MOST_ANSWERS = 2
REASON = (
    "plan_audience",
    "enrolment",
    "ended_on",
    "plan_audience__audience__name",
    "plan_audience__due_rule",
    "plan_audience__due_days",
    "plan_audience__due_unit",
)


class Through(NamedTuple):
    """A group through which somebody has a plan, or had it."""

    group: str
    ended_on: date | None


class Given(NamedTuple):
    """What is behind some records: groups by enrolment, and the words for people by plan."""

    reasons: dict[int, list[Reason]]
    answers: dict[int, tuple[str, ...]]


def given_by(records: Iterable[TrainingRecord], *, with_answers: bool = True) -> Given:
    """The groups through which the enrolments of `records` came, and, where that is asked for, what
    their plans answer, also through their action. One query.

    Of the register nothing but the words of the catalogue for people is read: these are the same in
    every initiative, and say nothing of who said what. What was dismissed is no reason.
    """
    keys = {(record.enrolment_id, record.plan_id) for record in records}
    if not keys:
        return Given({}, {})
    enrolments, plans = ([*{*some}] for some in zip(*keys, strict=True))
    if not with_answers:
        return Given(_by_enrolment(_reasons(enrolments=enrolments)), {})
    reasons, *answers = _behind(enrolments=enrolments, plans=plans)
    return Given(_by_enrolment(reasons), _by_plan([*answers[0], *answers[1]]))


def note_groups(enrolments: Collection[Any]) -> None:
    """Note on each of the enrolments, as `given_through`, all groups that gave it, in the order in
    which the plan came to have them. One query.
    """
    if not enrolments:
        return
    found: dict[int, list[Through]] = defaultdict(list)
    rows = _reasons(enrolments=[each.pk for each in enrolments])
    for _rule, enrolment, ended_on, group, *_due in sorted(rows, key=itemgetter(0)):
        found[enrolment].append(Through(group, ended_on))
    for each in enrolments:
        each.given_through = found[each.pk]


@lookup
def _reasons(*, enrolments: Any) -> Any:
    return _came(enrolments).order_by().values_list(*REASON)


@lookup
def _behind(*, enrolments: Any, plans: Any) -> tuple[Part, ...]:
    through_actions = _told(MitigationAction.sources.through.objects, "mitigationaction__plans")
    return (
        Part(_came(enrolments), REASON, _values),
        _answers(_told(TrainingPlan.sources.through.objects, "trainingplan"), plans),
        _answers(through_actions, plans),
    )


def _came(enrolments: Any) -> Any:
    return EnrolmentReason.objects.filter(enrolment__in=enrolments)


def _told(rows: Any, plan: str) -> Any:
    """Links to resistance of whose kind people may read, with the `plan` that they lead to."""
    answered = ~Q(resistancesource__state=ResistanceSource.State.DISMISSED)
    return rows.filter(answered, ~Q(resistancesource__type__for_people="")).annotate(plan=F(plan))


def _answers(links: Any, plans: Any) -> Part:
    fields = ("plan", "resistancesource", "resistancesource__type__for_people")
    return Part(links.filter(plan__in=plans), fields, _values)


def _values(**values: Any) -> tuple[Any, ...]:
    return tuple(values.values())


def _by_enrolment(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Reason]]:
    """Through groups that people are in; for who is in none of them any more, those they left."""
    holding: dict[int, list[Reason]] = defaultdict(list)
    ended: dict[int, list[Reason]] = defaultdict(list)
    for _rule, enrolment, ended_on, *said in sorted(rows, key=itemgetter(0)):
        (ended if ended_on else holding)[enrolment].append(Reason(*said))
    return {**ended, **holding}


def _by_plan(rows: Iterable[tuple[int, int, str]]) -> dict[int, tuple[str, ...]]:
    """Each text once, in the order in which the resistance was recorded."""
    texts: dict[int, dict[str, None]] = defaultdict(dict)
    for plan, _resistance, words in sorted(rows):
        texts[plan][words] = None
    return {plan: tuple(said)[:MOST_ANSWERS] for plan, said in texts.items()}
