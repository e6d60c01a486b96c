"""Progress on any past, present or future date: one definition, used everywhere.

On date D, **enrolled** is who was assigned by D and is in force on D, finished or not. **due** are
their records due by D; **completed** those of them completed by D, **on_time** on or before the
due date, **late** the others; **overdue** was due before D, had its turn by D, and is not completed
by D. What was exempt, no longer needed or revoked stops to count on that day. The unit is that of
D.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from change_tracker.core.access import User
from change_tracker.core.questions import lookup
from change_tracker.core.together import Part
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import OrgUnit
from change_tracker.training.models import EnrolmentPeriod, TrainingPlan, TrainingRecord

NEXT_DUES = 3


class By(NamedTuple):
    """What figures are told apart by: a column of the periods of people, and one of records."""

    people: str
    records: str


BY_INITIATIVE = By("enrolment__plan__initiative", "plan__initiative")
BY_PLAN = By("enrolment__plan", "plan")
BY_UNIT = By("unit", "enrolment__periods__unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The figures of one date: people for `enrolled`, records for the rest."""

    enrolled: int = 0
    due: int = 0
    completed: int = 0
    on_time: int = 0
    overdue: int = 0

    @property
    def late(self) -> int:
        """Completed after the due date."""
        return self.completed - self.on_time

    @property
    def completion_rate(self) -> float | None:
        """The share of what is due that is completed; None when nothing is due."""
        return self.completed / self.due if self.due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of one plan or one unit; `id` is None for people without a unit."""

    id: int | None
    name: str
    measures: Measures


def initiatives_with_progress_for(user: User) -> QuerySet[Initiative]:
    """Initiatives whose figures `user` may read: those with a role in them, HR, site admins.

    People whom an initiative merely touches, and their managers, see work, not figures.
    """
    return Initiative.objects.with_figures_for(user)


def measures(initiative: Initiative, on: date) -> Measures:
    """The figures of a whole initiative. One query."""
    return _grouped(BY_INITIATIVE, initiative, on).get(initiative.pk, Measures())


def measures_parts(initiatives: Any, today: date) -> tuple[Part, Part]:
    """The figures of `initiatives` (ids) today, to be read with others: pairs of an initiative and
    what it has of them, of people and of records. There is less to look for than on a past day:
    nothing has left after today.
    """
    people = EnrolmentPeriod.objects.filter(
        _in_force(today), enrolment__plan__initiative__in=initiatives
    )
    records = _due(today).filter(left_on=None, plan__initiative__in=initiatives)
    return _parts(BY_INITIATIVE, people, records, today)


def measures_by_plan(initiative: Initiative, on: date) -> list[Group]:
    """The figures of each plan that was ever published, oldest first. Two queries."""
    plans = TrainingPlan.objects.filter(initiative=initiative).exclude(state="draft")
    names = dict(plans.order_by("pk").values_list("pk", "title"))
    counted = _grouped(BY_PLAN, initiative, on)
    return [
        Group(id=pk, name=name, measures=counted.get(pk, Measures())) for pk, name in names.items()
    ]


def measures_by_unit(initiative: Initiative, on: date) -> list[Group]:
    """The figures of each unit that had people on that day, by name. Two queries.

    People without a unit come last, under an empty name.
    """
    counted = _grouped(BY_UNIT, initiative, on)
    names = dict(OrgUnit.objects.filter(pk__in=counted).values_list("pk", "name"))
    groups = [Group(id=pk, name=names.get(pk) or "", measures=counted[pk]) for pk in counted]
    return sorted(groups, key=lambda group: (group.id is None, group.name, group.id))


def late_people_on(initiative: Initiative, on: date) -> list[tuple[str, int]]:
    """Units with how many people were late on that day, most first. One query."""
    open_then = Q(completed_on=None) | Q(completed_on__gt=on)
    late = _records(initiative, on).filter(open_then, due_on__lt=on, opens_on__lte=on)
    unit = "enrolment__periods__unit__name"
    counted = late.order_by().values_list(unit).annotate(people=Count("person", distinct=True))
    return [(name or "", people) for name, people in counted.order_by("-people", unit)]


def with_training_by(rows: QuerySet[Initiative], on: date) -> QuerySet[Any]:
    """Adds `is_enrolled` and `is_due`: whether anybody is enrolled, and anything due, by today."""
    initiative: Any = OuterRef("pk")
    return rows.annotate(
        is_enrolled=Exists(_people(initiative, on)),
        is_due=Exists(_due(on).filter(left_on=None, plan__initiative=initiative)),
    )


def _in_force(on: date, path: str = "") -> Q:
    """The condition on the period at `path`: assigned by that day, and in force on it."""
    running = Q(**{f"{path}to_on": None}) | Q(**{f"{path}to_on__gt": on})
    return running & Q(**{f"{path}from_on__lte": on}, enrolment__assigned_on__lte=on)


def _people(initiative: Initiative, on: date) -> QuerySet[EnrolmentPeriod]:
    return EnrolmentPeriod.objects.filter(_in_force(on), enrolment__plan__initiative=initiative)


def _records(initiative: Initiative, on: date) -> QuerySet[TrainingRecord]:
    """What is due by that day and counts on it."""
    still = Q(left_on=None) | Q(left_on__gt=on)
    due = _due(on).filter(plan__initiative=initiative)
    return due.filter(still, ~Exists(_earlier_attempts(on)))


def _due(on: date) -> QuerySet[TrainingRecord]:
    """What is due by that day, joined with the one period in force."""
    return TrainingRecord.objects.filter(_in_force(on, "enrolment__periods__"), due_on__lte=on)


def _earlier_attempts(on: date) -> QuerySet[TrainingRecord]:
    """While a revoked record still counts, the fresh one does not."""
    return TrainingRecord.objects.filter(
        enrolment=OuterRef("enrolment"),
        item=OuterRef("item"),
        attempt__lt=OuterRef("attempt"),
        left_on__gt=on,
    )


def _figures(on: date) -> dict[str, Count]:
    completed = Q(completed_on__lte=on)
    late = Q(due_on__lt=on, opens_on__lte=on)
    return {
        "due": Count("pk"),
        "completed": Count("pk", filter=completed),
        "on_time": Count("pk", filter=completed & Q(completed_on__lte=F("due_on"))),
        "overdue": Count(
            "pk",
            filter=late & (Q(completed_on=None) | Q(completed_on__gt=on)),
        ),
    }


def _grouped(by: By, initiative: Initiative, on: date) -> dict[Any, Measures]:
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    for key, figures in chain(*_counted(by, initiative=initiative.pk, on=on)):
        found[key] |= figures
    return {key: Measures(**figures) for key, figures in found.items()}


@lookup
def _counted(by: By, *, initiative: Any, on: Any) -> tuple[Part, Part]:
    return _parts(by, _people(initiative, on), _records(initiative, on), on)


def _parts(
    by: By, people: QuerySet[EnrolmentPeriod], records: QuerySet[TrainingRecord], on: date
) -> tuple[Part, Part]:
    """Pairs of what they are told apart by and their figures: of people, and of records."""
    enrolled = people.order_by().values(by.people).annotate(enrolled=Count("pk"))
    figures = _figures(on)
    counted = records.order_by().values(by.records).annotate(**figures)
    return (
        Part(enrolled, (by.people, "enrolled"), lambda **row: (row.pop(by.people), row)),
        Part(counted, (by.records, *figures), lambda **row: (row.pop(by.records), row)),
    )


def next_dues(initiative: Initiative, today: date) -> list[tuple[str, date, int]]:
    """The next dates on which training is due: plan, date and for how many people. One query."""
    records = TrainingRecord.objects.filter(plan__initiative=initiative, due_on__gte=today)
    rows = records.outstanding().order_by().values_list("plan__title", "due_on")
    people = rows.annotate(people=Count("person", distinct=True))
    return list(people.order_by("due_on", "plan__title")[:NEXT_DUES])
