"""How people stand with a plan: late, open, done, or out of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import User, roles_of
from change_tracker.core.questions import question
from change_tracker.initiatives.head import NAME_READERS, with_head
from change_tracker.initiatives.models import MEMBERS, Initiative
from change_tracker.people.queries import holidays_in
from change_tracker.training.models import (
    Enrolment,
    LearningActivity,
    TrainingPlan,
    TrainingRecord,
)


class Standing(TextChoices):
    """The four states that a lead reads, worst first."""

    LATE = "late", _("late")
    OPEN = "open", _("open")
    DONE = "done", _("done")
    OUT = "out", _("exempt or no longer needed")


@dataclass(slots=True)
class Tally:
    """People by standing, of a unit or of a whole plan."""

    id: int | None = None
    name: str = ""
    people: Counter[str] = field(default_factory=Counter)

    @property
    def late(self) -> int:
        return self.people[Standing.LATE]

    @property
    def open(self) -> int:
        return self.people[Standing.OPEN]

    @property
    def done(self) -> int:
        return self.people[Standing.DONE]

    @property
    def out(self) -> int:
        return self.people[Standing.OUT]

    @property
    def everyone(self) -> int:
        return self.people.total()

    @property
    def asked(self) -> int:
        """Everyone whom the plan asks for something, done or not."""
        return self.late + self.open + self.done


@question
def initiative_with_plans(user: User, *, slug: str) -> QuerySet[Any]:
    """The initiative of this address whose figures `user` may read, with its head."""
    visible: Any = Initiative.objects.visible_to(user).filter(slug=slug)
    return with_head(visible.with_figures_for(user), user)


@question
def initiative_with_names(user: User, *, slug: str) -> QuerySet[Any]:
    """The initiative of this address, with its head, where `user` reads the names of its people."""
    rows = with_head(Initiative.objects.with_figures_for(user).filter(slug=slug), user)
    return rows.filter(shows_names=True)


def plans_with_figures_for(user: User) -> QuerySet[TrainingPlan]:
    """Plans whose figures `user` may read.

    With `shows_names`, `is_within` (they have a part), `is_theirs` (to give to people) and
    `may_change`.
    """
    roles = roles_of(user)
    initiative = OuterRef("initiative")
    named = Exists(Initiative.objects.with_role(user, *NAME_READERS).filter(pk=initiative))
    within = Exists(Initiative.objects.with_role(user, *MEMBERS).filter(pk=initiative))
    always = roles.site_admin or roles.manages_people
    assigns = TrainingPlan.objects.assignable_by(user).filter(pk=OuterRef("pk"))
    changes = TrainingPlan.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    with_figures = Initiative.objects.with_figures_for(user)
    visible: Any = TrainingPlan.objects.visible_to(user).select_related("initiative")
    return visible.filter(initiative__in=with_figures.values("pk")).annotate(  # type: ignore[no-any-return]
        shows_names=Value(True) if always else named,  # noqa: FBT003 an SQL value
        is_within=within,
        is_theirs=Exists(assigns),
        may_change=Exists(changes),
    )


@question
def plan_with_figures(user: User, *, slug: str, pk: int) -> QuerySet[TrainingPlan]:
    """The plan of this address, as `plans_with_figures_for` has it."""
    return plans_with_figures_for(user).filter(initiative__slug=slug, pk=pk)


def with_standing(rows: Any, today: date) -> Any:
    """`rows` of enrolments with `standing`, in the words of `Standing`."""
    records = TrainingRecord.objects.filter(enrolment=OuterRef("pk"))
    exempt = ~Exists(records.filter(state="completed")) & Exists(records.filter(state="waived"))
    return rows.annotate(
        standing=Case(
            When(state=Enrolment.State.WITHDRAWN, then=Value(Standing.OUT)),
            When(exempt, state=Enrolment.State.COMPLETED, then=Value(Standing.OUT)),
            When(state=Enrolment.State.COMPLETED, then=Value(Standing.DONE)),
            When(Exists(records.overdue(today)), then=Value(Standing.LATE)),
            default=Value(Standing.OPEN),
            output_field=CharField(),
        )
    )


def standings_of(plan: TrainingPlan, today: date) -> Any:
    """The enrolments of a plan with `standing`."""
    return with_standing(Enrolment.objects.filter(plan=plan), today)


def tally_by_unit(plan: TrainingPlan, today: date) -> list[Tally]:
    """How the people of each unit stand, most late first. One query.

    The unit is that of today. People without one come under an empty name.
    """
    rows = standings_of(plan, today)
    counted = rows.order_by().values_list("person__unit", "person__unit__name", "standing")
    units: dict[int | None, Tally] = {}
    for pk, name, standing, people in counted.annotate(people=Count("pk")):
        units.setdefault(pk, Tally(pk, name or "")).people[standing] += people
    return sorted(units.values(), key=lambda each: (-each.late, -each.asked, each.name))


def late_records(user: User, initiative: Initiative, today: date) -> Any:
    """The late training of an initiative whose names `user` may read."""
    rows: Any = TrainingRecord.objects.visible_to(user)
    return rows.overdue(today).filter(plan__initiative=initiative)


def found_in(late: Any, *paths: tuple[str, str]) -> list[dict[int | None, str]]:
    """What the rows of `late` training belong to: for each path to a key and path to its name, the
    names by key, in their order; no key last, without a name. One query.
    """
    found: list[dict[int | None, str]] = [{} for _each in paths]
    columns = [column for path in paths for column in path]
    for row in late.order_by().values_list(*columns).distinct():
        for place, names in enumerate(found):
            names[row[2 * place]] = row[2 * place + 1] or ""
    return [
        dict(sorted(names.items(), key=lambda each: (each[0] is None, each[1], each[0])))
        for names in found
    ]


def tally_of_late(late: Any) -> dict[str, int]:
    """How many `people` are late, with how many `pieces`. One query."""
    counted: dict[str, int] = late.order_by().aggregate(
        people=Count("person", distinct=True), pieces=Count("pk")
    )
    return counted


def tally_by_plan(plans: Iterable[TrainingPlan], today: date) -> dict[int, Tally]:
    """How people stand with each of `plans`. One query."""
    rows = with_standing(Enrolment.objects.filter(plan__in=[plan.pk for plan in plans]), today)
    counted = rows.order_by().values_list("plan", "standing").annotate(people=Count("pk"))
    found: dict[int, Tally] = {}
    for pk, standing, people in counted:
        found.setdefault(pk, Tally(pk)).people[standing] += people
    return found


def whole(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return Tally(people=sum((each.people for each in tallies), Counter()))


def people_of_plan(plan: TrainingPlan, today: date) -> Any:
    """The people of a plan, late first, with `next_due_on`, `done_items` and `all_items`.

    `has_more_time`: somebody moved that date; `exempt_items` are not counted in `all_items`.
    """
    records = TrainingRecord.objects.filter(enrolment=OuterRef("pk"), left_on=None)
    records = records.last_attempts()
    waived = TrainingRecord.objects.filter(enrolment=OuterRef("pk"), state="waived")
    exempt = waived.last_attempts()
    rows = standings_of(plan, today)
    return (
        rows.annotate(
            next_due_on=Subquery(_of(records.outstanding(), Min("due_on"))),
            has_more_time=Exists(
                records.outstanding().filter(is_extended=True, due_on=OuterRef("next_due_on"))
            ),
            exempt_items=Coalesce(Subquery(_of(exempt, Count("pk"))), 0),
            done_items=Coalesce(Subquery(_of(records.filter(state="completed"), Count("pk"))), 0),
            all_items=Coalesce(Subquery(_of(records, Count("pk"))), 0),
            place=Case(
                *(
                    When(standing=each, then=Value(place))
                    for place, each in enumerate(Standing.values)
                ),
                default=Value(len(Standing.values)),
                output_field=IntegerField(),
            ),
        )
        .order_by("place", F("next_due_on").asc(nulls_last=True), "person__display_name", "pk")
        .select_related("person__unit")
    )


def with_holidays(people: Any, today: date) -> Any:
    """`people_of_plan` with `holidays`: those since their next date, for what is late."""
    return people.annotate(holidays=holidays_in(OuterRef("next_due_on"), today))


def due_between(rows: Any, begin: date | None, end: date | None) -> Any:
    """Those of `rows` of enrolments whose next open date is from `begin` to `end`, if given."""
    records = TrainingRecord.objects.filter(enrolment=OuterRef("pk"), left_on=None)
    records = records.last_attempts()
    rows = rows.alias(first_due_on=Subquery(_of(records.outstanding(), Min("due_on"))))
    if begin is not None:
        rows = rows.filter(first_due_on__gte=begin)
    return rows if end is None else rows.filter(first_due_on__lte=end)


def tally_of(rows: Any) -> Tally:
    """How many of `rows` stand how. One query."""
    counted = rows.order_by().values_list("standing").annotate(people=Count("pk"))
    return Tally(people=Counter(dict(counted)))


def _of(records: Any, figure: Any) -> Any:
    grouped = records.order_by().values("enrolment")
    return grouped.annotate(figure=figure).values("figure")


def dates_of_plan(plan: TrainingPlan) -> tuple[dict[date, int], dict[date, int], int]:
    """Pieces of training by due date, by the day they were done, and how many there are.

    Of everyone who is asked for them today, done or not. One query.
    """
    return _dates_of(TrainingRecord.objects.filter(plan=plan))


def dates_of_initiative(initiative: Initiative) -> tuple[dict[date, int], dict[date, int], int]:
    """The same of all plans of an initiative. One query."""
    return _dates_of(TrainingRecord.objects.filter(plan__initiative=initiative))


def _dates_of(records: Any) -> tuple[dict[date, int], dict[date, int], int]:
    counting = records.filter(
        ~Q(enrolment__state=Enrolment.State.WITHDRAWN), left_on=None
    ).order_by()
    due: Counter[date] = Counter()
    done: Counter[date] = Counter()
    everything = 0
    grouped = counting.values_list("due_on", "completed_on", "state").annotate(Count("pk"))
    for due_on, completed_on, state, pieces in grouped:
        everything += pieces
        if due_on is not None:
            due[due_on] += pieces
        if state == TrainingRecord.State.COMPLETED and completed_on is not None:
            done[completed_on] += pieces
    return due, done, everything


def reach_of_activity(activity: LearningActivity) -> dict[str, int]:
    """How many `plans` and `people` have it now. One query."""
    counting = TrainingRecord.objects.filter(activity=activity, left_on=None)
    return counting.aggregate(
        plans=Count("plan", distinct=True), people=Count("person", distinct=True)
    )
