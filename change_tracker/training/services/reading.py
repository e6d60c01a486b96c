"""What a run of assigning finds out about some people, before it writes anything."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from change_tracker.core.conf import get_conf
from change_tracker.core.ids import Keys
from change_tracker.core.together import Part, read_together
from change_tracker.core.workdays import Calendar
from change_tracker.people.models import Audience, AudienceMember, Holiday, Person
from change_tracker.training.models import (
    DueRule,
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    LearningActivity,
    PlanAudience,
    PlanItem,
    TrainingPlan,
)
from change_tracker.training.rules import Due, Rule, Setting, Way, due_of

#: Rows that one statement writes; memory and parameters stay bounded by it.
ROWS_PER_BATCH = 5000
#: What is read of an activity of the plan, and of a rule.
DUE = ("due_rule", "due_on", "due_days", "due_unit")
ACTIVITY = ("activity", "activity__title", "activity__activity_version")
GROUP = ("audience", "audience__name")
CARRIED_OUT = ("first_assigned_on", "carried_out_version")

#: One due date for each item of the plan, in its order.
Dates = tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the plan; `is_first`: it waits for no other."""

    pk: int
    title: str
    rule: Rule
    is_required: bool
    is_first: bool
    activity: int
    activity_version: int


@dataclass(frozen=True, slots=True)
class Run:
    """One plan with its items and rules, read once; `rules` are carried out in this run."""

    plan: TrainingPlan
    today: date
    setting: Setting
    items: tuple[Item, ...]
    rules: dict[int, PlanAudience]
    #: the rules of the run and those carried out before: all of them may set a date
    known: dict[int, PlanAudience]
    #: whether a date depends on the first day at work; else nobody's is read
    asks_when_hired: bool
    dates: dict[tuple[Way, ...], Dates] = field(default_factory=dict)

    def dates_of(self, ways: tuple[Way, ...]) -> Dates:
        """The due date of every item for somebody who came in by `ways`."""
        if ways not in self.dates:
            self.dates[ways] = tuple(
                due_of(item.rule, place, ways, self.setting, is_first=item.is_first)
                for place, item in enumerate(self.items, 1)
            )
        return self.dates[ways]

    def opened_at_once(self) -> tuple[bool, ...]:
        """For each item whether its turn comes with the assignment."""
        return tuple(item.is_first or not self.plan.is_sequential for item in self.items)

    def places(self) -> dict[int, int]:
        """Where in the plan each item (id) stands, from 0."""
        return {item.pk: place for place, item in enumerate(self.items)}

    def batch_size(self) -> int:
        """People in one batch, so that their records fit into it."""
        return max(ROWS_PER_BATCH // max(len(self.items), 1), 100)


@dataclass(slots=True)
class Found:
    """An enrolment that somebody has already."""

    pk: int
    state: str
    assigned_on: date | None
    in_force: bool
    reasons: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Batch:
    """Some people and what the run makes of them; person ids throughout."""

    #: rule -> the day of joining its group
    joined: dict[int, dict[int, date]]
    found: dict[int, Found]
    #: the first day at work, where a rule asks for it and it is known
    hired: dict[int, date | None] = field(default_factory=dict)
    new: dict[int, Dates] = field(default_factory=dict)
    rejoining: dict[int, Dates] = field(default_factory=dict)
    #: enrolled before, but reached by a rule for the first time, or by one that was edited
    fresh: dict[int, set[int]] = field(default_factory=dict)
    #: rule -> people to whom it gives a reason they have not got
    reasons: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def already(self) -> int:
        """People whom the run finds enrolled."""
        return len(self.joined) - len(self.new) - len(self.rejoining)


def start(plan: TrainingPlan, today: date, rules: Collection[PlanAudience] | None) -> Run:
    """Read the plan: of the rules that it has all are carried out, or `rules`. Two queries."""
    items, everything, calendar = _what_is_asked(plan)
    wanted = everything if rules is None else {rule.pk for rule in rules}
    chosen = {pk: rule for pk, rule in everything.items() if pk in wanted}
    known = {
        pk: rule
        for pk, rule in everything.items()
        if pk in chosen or rule.first_assigned_on is not None
    }
    kinds = [*(item.rule.kind for item in items), *(rule.due_rule for rule in known.values())]
    return Run(
        plan=plan,
        today=today,
        setting=Setting(calendar, plan.initiative.go_live_on),
        items=items,
        rules=chosen,
        known=known,
        asks_when_hired=DueRule.HIRED in kinds,
    )


def _what_is_asked(
    plan: TrainingPlan,
) -> tuple[tuple[Item, ...], dict[int, PlanAudience], Calendar]:
    """Its activities and rules, as far as a run needs them, and the days on which people work.
    One query."""
    rows, rules, days = read_together(
        Part(plan.items.in_force(), ("id", "position", "is_required", *DUE, *ACTIVITY), _row),
        Part(plan.audiences.all(), ("id", "version", *DUE, *GROUP, *CARRIED_OUT), _rule),
        Part(Holiday.objects.all(), ("day",), lambda day: day),
    )
    in_order = sorted(rules, key=lambda rule: rule.pk)
    calendar = Calendar(tuple(get_conf().working_days), tuple(days))
    return _items(rows), {rule.pk: rule for rule in in_order}, calendar


def _row(activity: int, activity__title: str, activity__activity_version: int, **said: Any) -> Any:
    learnt = LearningActivity(
        pk=activity, title=activity__title, activity_version=activity__activity_version
    )
    return PlanItem(activity=learnt, **said)


def _rule(audience: int, audience__name: str, **said: Any) -> PlanAudience:
    return PlanAudience(audience=Audience(pk=audience, name=audience__name), **said)


def _items(rows: list[PlanItem]) -> tuple[Item, ...]:
    items, is_first = [], True
    for item in sorted(rows, key=lambda row: (row.position, row.pk)):
        activity = item.activity
        items.append(
            Item(
                pk=item.pk,
                title=activity.title,
                rule=Rule.of(item),
                is_required=item.is_required,
                is_first=is_first,
                activity=activity.pk,
                activity_version=activity.activity_version,
            )
        )
        is_first = is_first and not item.is_required
    return tuple(items)


def batches(run: Run, people: Collection[int] | None, *, lock: bool) -> Iterator[Batch]:
    """All people of the run's groups, a few at a time, by ascending id. Three queries a batch,
    four where somebody has the plan.

    `people` limits the run to some. With `lock` the enrolments found stay locked until the end of
    the transaction.
    """
    size = run.batch_size()
    ids = _next_people(run, people, 0, size)
    while ids:
        batch = batch_of(run, ids, lock=lock)
        for person in ids:
            _judge(run, batch, person)
        yield batch
        # A batch that is not full was the last one.
        ids = _next_people(run, people, ids[-1], size) if len(ids) == size else []


def batch_of(run: Run, people: list[int], *, lock: bool) -> Batch:
    """What is known of `people`, not judged yet. Two queries, three where somebody has the plan,
    one more for first days at work: for their UNION PostgreSQL would start other processes.
    """
    found = _enrolments(run, people, lock=lock)
    keys = Keys(people)
    hired = Person.objects.filter(pk__in=keys if run.asks_when_hired else [])
    first_days = hired.exclude(starts_on=None).order_by().values_list("pk", "starts_on")
    batch = Batch({person: {} for person in people}, found, dict(first_days))
    rule_of = {rule.audience_id: pk for pk, rule in run.known.items()}
    members = AudienceMember.objects.open().filter(audience__in=list(rule_of), person__in=keys)
    for person, audience, day in members.values_list("person", "audience", "joined_on"):
        batch.joined[person][rule_of[audience]] = day
    by_key = {each.pk: each for each in found.values()}
    reasons = EnrolmentReason.objects.holding().filter(enrolment__in=Keys(by_key)).order_by()
    for enrolment, rule in reasons.values_list("enrolment", "plan_audience"):
        by_key[enrolment].reasons.add(rule)
    return batch


def dates_in_force(run: Run, batch: Batch, person: int) -> Dates:
    """By when somebody who has the plan has to have each item that they are given today.

    Where no group gives it to them only the items' own rules say so.
    """
    rules = batch.found[person].reasons & set(batch.joined[person])
    ways = ways_from_today(run, batch, person, rules)
    none = Way(Rule(), run.today, run.today, batch.hired.get(person))
    return run.dates_of(ways or (none,))


def people_reached(run: Run, *, after: int = 0) -> Any:
    """Ids of those who are in the groups of the run today and work here, above `after`."""
    people: Any = Person.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=run.today),
        # Both sides of the join begin there: a merge would read the other from the start.
        pk__gt=after,
        memberships__person__gt=after,
        memberships__is_open=True,
        memberships__audience__in=[rule.audience_id for rule in run.rules.values()],
    )
    return people.order_by("pk").values_list("pk", flat=True).distinct()


def _next_people(run: Run, people: Collection[int] | None, last: int, size: int) -> list[int]:
    reached = people_reached(run, after=last)
    return list((reached if people is None else reached.filter(pk__in=people))[:size])


def _enrolments(run: Run, ids: list[int], *, lock: bool) -> dict[int, Found]:
    # Looked up row by row: for an EXISTS PostgreSQL reads all periods there are, for each batch.
    period = EnrolmentPeriod.objects.open().filter(enrolment=OuterRef("pk")).order_by()
    rows = Enrolment.objects.filter(plan=run.plan, person__in=Keys(ids)).order_by("cycle", "pk")
    rows = rows.select_for_update() if lock else rows
    values = rows.annotate(in_force=Subquery(period.values("is_open")))
    return {
        person: Found(pk, state, assigned_on, bool(in_force))
        for pk, person, state, assigned_on, in_force in values.values_list(
            "pk", "person", "state", "assigned_on", "in_force"
        )
    }


def _judge(run: Run, batch: Batch, person: int) -> None:
    mine = [pk for pk in batch.joined[person] if pk in run.rules]
    found = batch.found.get(person)
    for pk in mine:
        if found is None or pk not in found.reasons:
            batch.reasons[pk].append(person)
    if found is None:
        batch.new[person] = run.dates_of(ways_from_today(run, batch, person, mine))
    elif not found.in_force:
        batch.rejoining[person] = run.dates_of(ways_from_today(run, batch, person, mine))
    elif fresh := {pk for pk in mine if _is_fresh(run, found, pk)}:
        batch.fresh[person] = fresh


def _is_fresh(run: Run, found: Found, rule: int) -> bool:
    return rule not in found.reasons or run.rules[rule].was_edited_since()


def ways_from_today(run: Run, batch: Batch, person: int, rules: Collection[int]) -> tuple[Way, ...]:
    """How somebody comes in through `rules` today."""
    return tuple(way_of(run, batch, person, pk, run.today) for pk in sorted(rules))


def way_of(run: Run, batch: Batch, person: int, rule: int, assigned_on: date) -> Way:
    """How somebody comes in through one rule."""
    return Way(
        Rule.of(run.known[rule]),
        batch.joined[person][rule],
        assigned_on,
        batch.hired.get(person),
    )
