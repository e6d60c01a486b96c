"""What assigning a plan would do, before it does it."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from change_tracker.people.models import Person
from change_tracker.people.services.audiences import why_nobody
from change_tracker.training.models import Moved, PlanAudience, TrainingPlan
from change_tracker.training.rules import Due
from change_tracker.training.services.reading import (
    Batch,
    Dates,
    Run,
    batches,
    people_reached,
    start,
)
from change_tracker.training.services.redating import redate
from change_tracker.training.services.results import AssignmentPreview, MovedDate, RuleCount
from change_tracker.training.services.sealing import Seal

#: (place of the item, reason, new date): so a preview stays short, however many people it is for.
MovedKey = tuple[int, Moved, date]


def preview_assignment(
    *, plan: TrainingPlan, today: date, rules: Collection[PlanAudience] | None = None
) -> AssignmentPreview:
    """Who would get the plan through `rules` (default: all of its) today, and which dates move.

    Reads as `assign_plan` does, and writes nothing; works for drafts too. Three queries at most,
    and three to five for every few thousand people; two more where a rule finds nobody, to say why.
    """
    run = start(plan, today, rules)
    counts: Counter[str] = Counter()
    moved: Counter[MovedKey] = Counter()
    wanted: dict[MovedKey, date] = {}
    people: Counter[int] = Counter()
    seal = Seal()
    for batch in batches(run, None, lock=False):
        counts["enrolled"] += len(batch.new)
        counts["rejoined"] += len(batch.rejoining)
        counts["already_enrolled"] += batch.already()
        redated = redate(run, batch)
        counts["redated"] += len(redated)
        seal.take(batch, redated)
        people.update(rule for rules in batch.joined.values() for rule in rules)
        _note_moved(_dates(batch), moved, wanted)
    return AssignmentPreview(
        enrolled=counts["enrolled"],
        rejoined=counts["rejoined"],
        already_enrolled=counts["already_enrolled"],
        redated=counts["redated"],
        moved_dates=tuple(_moved_dates(run, moved, wanted)),
        rules=tuple(_head_counts(run, people)),
        digest=seal.digest(),
        **_reachable(run),
    )


def _dates(batch: Batch) -> Counter[Dates]:
    return Counter([*batch.new.values(), *batch.rejoining.values()])


def _note_moved(
    dates: Counter[Dates], moved: Counter[MovedKey], wanted: dict[MovedKey, date]
) -> None:
    for each, people in dates.items():
        for place, due in enumerate(each):
            if (key := _moved_key(place, due)) and due.wanted_on:
                moved[key] += people
                wanted[key] = min(due.wanted_on, wanted.get(key, due.wanted_on))


def _moved_key(place: int, due: Due) -> MovedKey | None:
    return (place, due.moved, due.on) if due.moved and due.on else None


def _moved_dates(
    run: Run, moved: Counter[MovedKey], wanted: dict[MovedKey, date]
) -> Iterable[MovedDate]:
    for place, reason, due_on in sorted(moved):
        item = run.items[place]
        key = (place, reason, due_on)
        yield MovedDate(
            item_id=item.pk,
            title=item.title,
            reason=reason,
            wanted_on=wanted[key],
            due_on=due_on,
            people=moved[key],
        )


def _head_counts(run: Run, people: Counter[int]) -> Iterable[RuleCount]:
    rules = run.rules.values()
    reasons = why_nobody([rule.audience for rule in rules if not people[rule.pk]], run.today)
    for rule in rules:
        yield RuleCount(
            rule_id=rule.pk,
            audience=rule.audience.name,
            people=people[rule.pk],
            nobody_because=reasons.get(rule.audience_id, ""),
        )


def _reachable(run: Run) -> dict[str, int]:
    reached = Person.objects.filter(pk__in=people_reached(run).order_by())
    return reached.aggregate(
        without_login=Count("pk", filter=Q(user=None)),
        without_email=Count("pk", filter=Q(email="") & _no_address_of_login()),
    )


def _no_address_of_login() -> Q:
    user: Any = get_user_model()
    name = user.get_email_field_name()
    if name not in {field.name for field in user._meta.get_fields()}:
        return Q()
    return Q(user=None) | Q(**{f"user__{name}": ""}) | Q(**{f"user__{name}__isnull": True})
