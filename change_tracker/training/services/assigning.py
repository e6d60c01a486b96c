"""Giving a plan to the people of its groups: set-based, and safe to repeat."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    PositiveIntegerField,
    Value,
    When,
)

from change_tracker.core import audit
from change_tracker.core.access import User
from change_tracker.core.ids import Keys
from change_tracker.core.jobs.telling import Tell
from change_tracker.core.services import lock
from change_tracker.people.models import Person
from change_tracker.signals import announce, training_assigned
from change_tracker.training.errors import PeopleChangedError, PlanClosedError
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    PlanAudience,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services.bulk import insert_select
from change_tracker.training.services.following import complete_finished, reopen_unfinished
from change_tracker.training.services.giving import give_items
from change_tracker.training.services.reading import (
    Batch,
    Dates,
    Run,
    batches,
    people_reached,
    start,
    ways_from_today,
)
from change_tracker.training.services.redating import redate
from change_tracker.training.services.rejoining import rejoin
from change_tracker.training.services.results import Assignment
from change_tracker.training.services.sealing import Seal
from change_tracker.training.services.turns import take_turns, write_dates


def assign_plan(
    *,
    plan: TrainingPlan,
    actor: User | None,
    today: date,
    now: datetime,
    rules: Collection[PlanAudience] | None = None,
    people: Collection[int] | None = None,
    expected: str | None = None,
    tell: Tell | None = None,
) -> Assignment:
    """Enrol everyone in the groups of `rules` (default: all of the plan), with their records.

    Set-based: a constant number of statements for every few thousand rows, memory bounded. One
    enrolment per person with every reason and the earliest date. A repeat finds everyone enrolled
    and writes nothing but its line of history. `people` (ids) limits the run to some.
    `expected` is the digest of the preview that the caller was shown: raises PeopleChangedError
    when the run would do anything else, and PlanClosedError unless the plan is published and its
    initiative has not ended. `tell` hears how many people were looked at, for one query more.
    """
    with transaction.atomic():
        # Two runs of one plan follow each other; completing does not need this lock.
        plan = lock(plan)
        refuse_closed(plan)
        run = start(plan, today, rules)
        counts: Counter[str] = Counter()
        created: list[int] = []
        seal = Seal() if expected is not None else None
        for batch in _watched(batches(run, people, lock=True), run, tell):
            created += _write(run, batch, counts, seal, actor=actor, now=now)
        if seal and seal.digest() != expected:
            raise PeopleChangedError
        _mark_carried_out(run, everyone=people is None)
        done = Assignment(**counts)
        audit.record(
            obj=plan, verb="assigned", actor=actor, now=now, scope=plan.audit_scope, changes=counts
        )
        if created:
            announce(training_assigned, TrainingPlan, plan=plan, enrolment_ids=created)
    return done


def _watched(found: Iterator[Batch], run: Run, tell: Tell | None) -> Iterator[Batch]:
    """The batches, saying before each how many people came before it."""
    if tell is None:
        yield from found
        return
    seen, reach = 0, people_reached(run).count()
    for batch in found:
        tell(seen, reach)
        yield batch
        seen += len(batch.joined)
    tell(reach, reach)


def refuse_closed(plan: TrainingPlan) -> None:
    """Raise PlanClosedError unless people can be given the plan now."""
    if plan.state != TrainingPlan.State.PUBLISHED or plan.initiative.has_ended:
        raise PlanClosedError


def _mark_carried_out(run: Run, *, everyone: bool) -> None:
    rules = PlanAudience.objects.filter(pk__in=list(run.rules))
    rules.filter(first_assigned_on=None).update(first_assigned_on=run.today)
    if everyone:
        rules.update(carried_out_version=F("version"))


def _write(
    run: Run,
    batch: Batch,
    counts: Counter[str],
    seal: Seal | None,
    *,
    actor: User | None,
    now: datetime,
) -> list[int]:
    """Carry one batch out; returns the ids of new enrolments."""
    counts["already_enrolled"] += batch.already()
    given = [*batch.new.values(), *batch.rejoining.values()]
    counts["moved_dates"] += sum(due.moved is not None for dates in given for due in dates)
    redated = redate(run, batch)
    if seal:
        seal.take(batch, redated)
    if redated:
        counts["redated"] += len(redated)
        write_dates(redated, today=run.today)
    counts["records"] += _give_missing(run, batch, actor=actor, now=now)
    if batch.rejoining:
        rejoin(run, batch, actor=actor, now=now)
        counts["rejoined"] += len(batch.rejoining)
    created = _enrol(run, batch, counts) if batch.new else []
    if created and not any(item.is_required for item in run.items):
        complete_finished(created, actor=actor, now=now)  # all of it is offered
    _give_reasons(run, batch)
    return created


def _give_missing(run: Run, batch: Batch, *, actor: User | None, now: datetime) -> int:
    """Ask those whom no group ever gave the plan, as they were imported, for what they lack of it.

    Returns how many records that makes. One query where somebody in force has no reason.
    """
    found = [batch.found[person] for person in batch.fresh]
    ids = {each.pk for each in found if not each.reasons and each.state != "withdrawn"}
    if not ids:
        return 0
    before = EnrolmentReason.objects.filter(enrolment__in=Keys(ids))
    ids -= set(before.order_by().values_list("enrolment", flat=True))
    made = give_items(
        run,
        list(Enrolment.objects.filter(pk__in=Keys(ids))),
        set(run.places()),
        lambda person: run.dates_of(ways_from_today(run, batch, person, batch.fresh[person])),
    )
    if made:
        take_turns(ids, today=run.today)
        reopen_unfinished(ids, actor=actor, now=now)
    return len(made)


def _enrol(run: Run, batch: Batch, counts: Counter[str]) -> list[int]:
    keys = Keys(batch.new)
    people = Person.objects.filter(pk__in=keys)
    counts["enrolled"] += insert_select(
        Enrolment, people, person=F("pk"), plan=run.plan.pk, assigned_on=run.today
    )
    enrolments = Enrolment.objects.filter(plan=run.plan, person__in=keys)
    insert_select(
        EnrolmentPeriod,
        enrolments,
        enrolment=F("pk"),
        unit=F("person__unit"),
        from_on=run.today,
    )
    counts["records"] += _insert_records(run, batch.new)
    return list(enrolments.order_by("pk").values_list("pk", flat=True))


def _give_reasons(run: Run, batch: Batch) -> None:
    for rule, people in batch.reasons.items():
        enrolments = Enrolment.objects.filter(
            pk__in=_enrolments_of(run, batch, people), person__in=Keys(people)
        )
        if known := [batch.found[person].pk for person in people if person in batch.found]:
            # Who comes back to a group has the reason of before again.
            ended = EnrolmentReason.objects.filter(plan_audience=rule, enrolment__in=known)
            again = list(ended.values_list("enrolment", flat=True))
            ended.update(ended_on=None)
            enrolments = enrolments.exclude(pk__in=again)
        insert_select(EnrolmentReason, enrolments, enrolment=F("pk"), plan_audience=rule)


def _enrolments_of(run: Run, batch: Batch, people: list[int]) -> Any:
    """The enrolments just made are the only ones of their people; the others are known by id."""
    known = [batch.found[person].pk for person in people if person in batch.found]
    if len(known) == len(people):
        return known
    return Enrolment.objects.filter(plan=run.plan, person__in=Keys(people)).values("pk")


def _insert_records(run: Run, new: dict[int, Dates]) -> int:
    """The records of new people, in one INSERT … SELECT over the plan's items."""
    groups: dict[Dates, list[int]] = defaultdict(list)
    for person, dates in new.items():
        groups[dates].append(person)
    enrolments = Enrolment.objects.filter(plan=run.plan, person__in=Keys(new))
    return insert_select(
        TrainingRecord,
        enrolments.filter(plan__items__in=[item.pk for item in run.items]),
        order=("pk", "plan__items__position", "plan__items"),
        enrolment=F("pk"),
        item=F("plan__items__pk"),
        person=F("person"),
        plan=run.plan.pk,
        activity=F("plan__items__activity"),
        unit=F("person__unit"),
        activity_version=F("plan__items__activity__activity_version"),
        opens_on=_opens_on(run),
        due_on=_by_person(run, groups, "on", DateField()),
        due_rule=_by_person(run, groups, "rule", CharField()),
        due_days=_by_person(run, groups, "days", PositiveIntegerField()),
        due_unit=_by_person(run, groups, "unit", CharField()),
        due_moved=_by_person(run, groups, "moved_word", CharField()),
    )


def _opens_on(run: Run) -> Any:
    """Today, or where activities follow each other, only for those that wait for no other."""
    opened = [run.today if is_open else None for is_open in run.opened_at_once()]
    return _by_item(run, tuple(opened), DateField())


def _by_person(run: Run, groups: dict[Dates, list[int]], name: str, output: Any) -> Any:
    """`name` of the due date of each person's items: a constant where all have the same."""
    people: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for dates, members in groups.items():
        people[tuple(getattr(due, name) for due in dates)] += members
    if len(people) == 1:
        return _by_item(run, next(iter(people)), output)
    cases = [
        When(person__in=Keys(members), then=_by_item(run, values, output))
        for values, members in people.items()
    ]
    return Case(*cases, output_field=output)


def _by_item(run: Run, values: tuple[Any, ...], output: Any) -> Any:
    if len(set(values)) <= 1:
        return Value(values[0] if values else None, output_field=output)
    cases = [
        When(plan__items=item.pk, then=Value(value, output_field=output))
        for item, value in zip(run.items, values, strict=True)
    ]
    return Case(*cases, output_field=output)
