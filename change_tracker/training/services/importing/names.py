"""Which people, plans and activities the names in a file mean; made where that is wanted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from change_tracker.core.services import create_row
from change_tracker.core.tables import Problem
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.training.models import LearningActivity, PlanItem, TrainingPlan
from change_tracker.training.services.importing.lines import Enrolled
from change_tracker.training.states import PLAN


@dataclass(slots=True)
class Names:
    """What the names mean; `made_*` count what was missing."""

    #: external id -> id and present unit
    people: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    plans: dict[str, TrainingPlan] = field(default_factory=dict)
    items: dict[tuple[str, str], PlanItem] = field(default_factory=dict)
    #: the activities that each plan required before the file came
    required: dict[str, set[str]] = field(default_factory=dict)
    made_plans: int = 0
    made_activities: int = 0
    problems: list[Problem] = field(default_factory=list)


def find_names(found: Sequence[Enrolled], initiative: Initiative | None) -> Names:
    """Look everything up, plans locked; an unknown person is an error with its row.

    So is an unknown plan or activity, unless `initiative` says where to make it.
    """
    names = Names()
    _wait_for_others(initiative)
    _find_people(names, found)
    _find_plans(names, found, initiative)
    for item in PlanItem.objects.filter(plan__in=names.plans.values()).select_related("activity"):
        titles = [title for title, plan in names.plans.items() if plan.pk == item.plan_id]
        names.items[titles[0], item.activity.title] = item
        if is_required(item):
            names.required.setdefault(titles[0], set()).add(item.activity.title)
    if initiative is None:
        names.problems += _missing_activities(names, found)
    return names


def _wait_for_others(initiative: Initiative | None) -> None:
    """Of two runs at once one waits: both would make what is missing."""
    if initiative is not None:
        Initiative.objects.select_for_update().get(pk=initiative.pk)


def is_required(item: PlanItem) -> bool:
    """Whether an enrolment is not complete without it."""
    return item.is_required and item.removed_on is None


def make_missing(
    names: Names, found: Sequence[Enrolled], initiative: Initiative, **context: Any
) -> None:
    """Make plans (published) and activities that the file names, in its order."""
    for title in dict.fromkeys(each.plan for each in found):
        wanted = dict.fromkeys(
            line.activity for each in found if each.plan == title for line in each.lines
        )
        plan = names.plans.get(title)
        is_new = plan is None
        if plan is None:
            plan = create_row(TrainingPlan, initiative=initiative, title=title, **context)
            names.plans[title] = plan
            names.made_plans += 1
        missing = [name for name in wanted if (title, name) not in names.items]
        for position, name in enumerate(missing, plan.items.count() + 1):
            names.items[title, name] = _make_item(plan, name, position, **context)
            names.made_activities += 1
        if is_new:
            PLAN.move(plan, to="published", **context)


def _make_item(plan: TrainingPlan, title: str, position: int, **context: Any) -> PlanItem:
    activity = LearningActivity.objects.filter(initiative=plan.initiative_id, title=title).first()
    if activity is None:
        activity = create_row(
            LearningActivity, initiative_id=plan.initiative_id, title=title, **context
        )
    return create_row(PlanItem, plan=plan, activity=activity, position=position, **context)


def _find_people(names: Names, found: Sequence[Enrolled]) -> None:
    wanted = sorted({each.person for each in found})
    for start in range(0, len(wanted), 1000):
        rows = Person.objects.filter(external_id__in=wanted[start : start + 1000])
        for key, pk, unit in rows.values_list("external_id", "pk", "unit"):
            names.people[key] = (pk, unit)
    for each in found:
        if each.person not in names.people:
            reason = _("There is no person “%(person)s”.") % {"person": each.person}
            names.problems.append(Problem(each.number, "person", reason, is_error=True))


def _find_plans(names: Names, found: Sequence[Enrolled], initiative: Initiative | None) -> None:
    rows = {each.plan: each.number for each in reversed(found)}
    plans = TrainingPlan.objects.filter(title__in=list(rows)).select_related("initiative")
    if initiative is not None:
        plans = plans.filter(initiative=initiative)
    listed = list(plans.order_by("pk"))
    # Locked like a run of assigning: both make enrolments of the same plan.
    list(
        TrainingPlan.objects.filter(pk__in=[plan.pk for plan in listed])
        .order_by("pk")
        .select_for_update()
    )
    counts = Counter(plan.title for plan in listed)
    names.plans = {plan.title: plan for plan in listed if plan.title in rows}
    for title, number in rows.items():
        reason = _plan_problem(title, counts[title], names.plans.get(title), initiative)
        if reason:
            names.problems.append(Problem(number, "plan", reason, is_error=True))


def _plan_problem(
    title: str, count: int, plan: TrainingPlan | None, initiative: Initiative | None
) -> str:
    if count > 1:
        return _("There are several plans “%(title)s”; give them different titles.") % {
            "title": title
        }
    if plan is None and initiative is None:
        return _("There is no plan “%(title)s”. Say with --initiative where it shall be made.") % {
            "title": title
        }
    if plan is not None and plan.state == TrainingPlan.State.DRAFT:
        return _("The plan “%(title)s” is a draft; publish it first.") % {"title": title}
    return ""


def _missing_activities(names: Names, found: Iterable[Enrolled]) -> Iterable[Problem]:
    for each in found:
        for line in each.lines:
            if each.plan in names.plans and (each.plan, line.activity) not in names.items:
                reason = _("The plan “%(plan)s” has no activity “%(activity)s”.")
                facts = {"plan": line.plan, "activity": line.activity}
                yield Problem(line.number, "activity", reason % facts, is_error=True)
