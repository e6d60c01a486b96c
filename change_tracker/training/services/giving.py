"""Giving single items of a plan to people who have it: a further attempt where there was one."""

from collections.abc import Callable, Collection, Sequence

from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingRecord
from change_tracker.training.models.records import LEFT_STATES
from change_tracker.training.rules import Due
from change_tracker.training.services.reading import Dates, Item, Run

State = TrainingRecord.State
BATCH = 1000


def give_items(
    run: Run,
    enrolments: Sequence[Enrolment],
    items: Collection[int],
    dates_of: Callable[[int], Dates],
) -> list[TrainingRecord]:
    """Ask `enrolments` for those of `items` (ids) that they were not asked for; returns these.

    `dates_of` says by when each person has to have each item of the plan. What is open, done or
    exempt stays as it is. What waits for others opens with `take_turns`. Two queries, and one write
    for each thousand records.
    """
    wanted = [(place, item) for place, item in enumerate(run.items) if item.pk in items]
    if not wanted or not enrolments:
        return []
    last = _last_attempts(enrolments, items)
    people = [enrolment.person_id for enrolment in enrolments]
    units = dict(Person.objects.filter(pk__in=people).values_list("pk", "unit"))
    fresh: list[TrainingRecord] = []
    for enrolment in enrolments:
        person = enrolment.person_id
        dates = dates_of(person)
        for place, item in wanted:
            attempt, state = last.get((enrolment.pk, item.pk), (0, State.VOID))
            if state in LEFT_STATES and state != State.WAIVED:
                due, unit = dates[place], units[person]
                made = new_record(run, enrolment, item, due, attempt + 1, unit)
                made.added_on = run.today
                fresh.append(made)
    return TrainingRecord.objects.bulk_create(fresh, batch_size=BATCH)


def new_record(
    run: Run, enrolment: Enrolment, item: Item, due: Due, attempt: int, unit: int | None
) -> TrainingRecord:
    """An unsaved record of an item that is asked for from today on."""
    return TrainingRecord(
        enrolment=enrolment,
        item_id=item.pk,
        attempt=attempt,
        person_id=enrolment.person_id,
        plan=run.plan,
        activity_id=item.activity,
        unit_id=unit,
        activity_version=item.activity_version,
        opens_on=None if run.plan.is_sequential else run.today,
        due_on=due.on,
        due_rule=due.rule,
        due_days=due.days,
        due_unit=due.unit,
        due_moved=due.moved_word,
    )


def _last_attempts(
    enrolments: Sequence[Enrolment], items: Collection[int]
) -> dict[tuple[int, int], tuple[int, str]]:
    rows = TrainingRecord.objects.filter(
        enrolment__in=[each.pk for each in enrolments], item__in=list(items)
    )
    found = rows.order_by("attempt").values_list("enrolment", "item", "attempt", "state")
    return {(enrolment, item): (attempt, state) for enrolment, item, attempt, state in found}
