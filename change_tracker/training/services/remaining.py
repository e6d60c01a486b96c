"""Dates by the groups that people still have a plan by, once another is none of theirs any more."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.services.leaving import chunks
from change_tracker.training.services.reading import batch_of, start
from change_tracker.training.services.redating import date_by_the_rest
from change_tracker.training.services.turns import write_dates


def redate_staying(
    plan_id: int, people: Collection[int], *, today: date, only: Collection[int] | None = None
) -> int:
    """New dates for open work of `people` (ids, as many as fit into a statement) who have work
    ahead in a plan, by its groups that remain.

    `only` limits it to some records (ids). Returns how many records have another date.
    """
    active = Enrolment.objects.active().filter(plan=plan_id, person__in=people)
    staying = list(active.order_by("person").values_list("person", flat=True))
    if not staying:
        return 0
    run = start(TrainingPlan.objects.select_related("initiative").get(pk=plan_id), today, [])
    changed = date_by_the_rest(run, batch_of(run, staying, lock=True))
    if only is not None:
        changed = [each for each in changed if each.record in only]
    write_dates(changed, today=today)
    return len(changed)


def date_opened_again(records: Collection[int], *, today: date) -> int:
    """Let records (ids) that were done be due by what remains, now that they are open again.

    What ended while they were done took its date away from open work only. To be called when their
    enrolments have followed. Returns how many have another date.
    """
    rows = TrainingRecord.objects.filter(pk__in=records).order_by("plan", "person")
    by_plan = defaultdict[int, list[int]](list)
    for plan, person in rows.values_list("plan", "person").distinct():
        by_plan[plan].append(person)
    return sum(
        redate_staying(plan, some, today=today, only=set(records))
        for plan, people in by_plan.items()
        for some in chunks(people)
    )
