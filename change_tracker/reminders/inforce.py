"""Which policy counts for which part of the site."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from change_tracker.reminders.default import DEFAULT
from change_tracker.reminders.models import ReminderPolicy, ReminderStep
from change_tracker.reminders.rules import Step, step_of

#: The part that a policy of the whole site is for.
SITE = "site"


@dataclass(frozen=True, slots=True)
class Part:
    """Plans and initiatives with the same steps. The rest of the site is all that is in none of
    `plans` and `initiatives`; elsewhere these are the ones that it holds.
    """

    steps: tuple[Step, ...]
    plans: frozenset[int] = frozenset()
    initiatives: frozenset[int] = frozenset()
    is_rest: bool = False
    #: plans of its initiatives that have a policy of their own
    without: frozenset[int] = frozenset()

    def ladder(self, about: str, to: str) -> tuple[Step, ...]:
        """The steps about one kind of thing to one kind of person."""
        return tuple(each for each in self.steps if each.about == about and each.to == to)

    def of_training(self) -> Q:
        """The condition on rows of a plan."""
        if self.is_rest:
            return self._not(plan__initiative=self.initiatives, plan=self.plans)
        apart = self._not(plan=self.without)
        return Q(plan__in=self.plans) | (Q(plan__initiative__in=self.initiatives) & apart)

    def of_initiatives(self) -> Q:
        """The condition on rows of an initiative; policies of plans are about training alone."""
        if self.is_rest:
            return self._not(initiative=self.initiatives)
        return Q(initiative__in=self.initiatives)

    @staticmethod
    def _not(**among: frozenset[int]) -> Q:
        conditions = Q()
        for path, ids in among.items():
            if ids:
                conditions &= ~Q(**{f"{path}__in": ids})
        return conditions


def parts() -> list[Part]:
    """Every part of the site, those with the same steps together. Two queries."""
    policies = list(ReminderPolicy.objects.prefetch_related("steps"))
    of_plans = frozenset(each.plan_id for each in policies if each.plan_id)
    alike: dict[tuple[Step, ...], list[ReminderPolicy]] = defaultdict(list)
    rest = DEFAULT
    for each in policies:
        if each.part == SITE:
            rest = steps_of(each.steps.all())
        else:
            alike[steps_of(each.steps.all())].append(each)
    whole = _whole(policies)
    found = [Part(rest, plans=of_plans, initiatives=whole, is_rest=True)]
    for steps, some in alike.items():
        plans = frozenset(each.plan_id for each in some if each.plan_id)
        initiatives = _whole(some)
        found.append(Part(steps, plans, initiatives, without=of_plans - plans))
    return found


def _whole(policies: Iterable[ReminderPolicy]) -> frozenset[int]:
    """The initiatives that are the part of one of `policies`, not merely a plan of theirs."""
    return frozenset(
        each.initiative_id for each in policies if each.initiative_id and not each.plan_id
    )


def steps_of(rows: Iterable[ReminderStep]) -> tuple[Step, ...]:
    """The rows as the planner knows them."""
    return tuple(
        step_of(each.about, each.days, each.unit, each.moment, each.to, each.on_doubt)
        for each in sorted(rows, key=lambda each: each.pk or 0)
    )


def steps_for(initiative_id: int | None, plan_id: int | None = None) -> tuple[Step, ...]:
    """The steps that count there. Two queries."""
    wanted = [f"p{plan_id}", f"i{initiative_id}", SITE]
    found = {
        each.part: each
        for each in ReminderPolicy.objects.filter(part__in=wanted).prefetch_related("steps")
    }
    policy = next((found[part] for part in wanted if part in found), None)
    return DEFAULT if policy is None else steps_of(policy.steps.all())
