"""Giving a plan to more people than a page can wait for, and revising one that so many have."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.access import User
from change_tracker.core.jobs.kinds import JobKind, Outcome
from change_tracker.core.jobs.models import JobRun
from change_tracker.core.jobs.services import start_job
from change_tracker.core.jobs.telling import Tell
from change_tracker.training import removalwords, revisewords, services, wording
from change_tracker.training.errors import PeopleChangedError
from change_tracker.training.jobs import MOST_AT_ONCE
from change_tracker.training.models import PlanAudience, TrainingPlan
from change_tracker.training.plantasks import kept, plan_of, url_of, wanted
from change_tracker.training.services import (
    Assignment,
    AssignmentPreview,
    Removal,
    Revision,
    Wanted,
)
from change_tracker.training.services.assigning import refuse_closed
from change_tracker.training.services.carrying import having

#: Up to so many people and dates are given, and so many are reached by a revision, while the page
#: waits: half a second of its processor, for ten activities.
MOST_GIVEN_AT_ONCE = 1000


class AssignPlan(JobKind):
    """Giving a plan to the people of its groups; a draft is published with it."""

    name = "assign_plan"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all."""
        plan, task = plan_of(job), job.task
        rules = None
        if task["rules"] is not None:
            rules = list(PlanAudience.objects.filter(plan=plan, pk__in=task["rules"]))
        done = _assign(
            plan,
            publish=task["publish"],
            rules=rules,
            expected=task["digest"],
            tell=tell,
            actor=job.owner,
            today=timezone.localdate(now),
            now=now,
        )
        return Outcome(summary=wording.assigned_words(done))


class RevisePlan(JobKind):
    """Changing the items of a plan for everyone who has it."""

    name = "revise_plan"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all."""
        plan, task = plan_of(job), job.task
        done = services.revise_plan(
            plan=plan,
            items=wanted(task["items"]),
            reopen=task["reopen"],
            expected=task["digest"],
            tell=tell,
            actor=job.owner,
            today=timezone.localdate(now),
            now=now,
        )
        return Outcome(summary=revisewords.done_words(done))


class RemoveGroup(JobKind):
    """Taking a group out of a plan that it was given to."""

    name = "remove_plan_group"

    def run(self, job: JobRun, *, now: datetime, tell: Tell) -> Outcome:
        """As it was shown, or not at all."""
        rule = PlanAudience.objects.filter(plan=plan_of(job), pk=job.task["rule"]).first()
        if rule is None:
            raise PeopleChangedError
        done = services.remove_rule(
            rule=rule,
            expected=job.task["digest"],
            tell=tell,
            actor=job.owner,
            today=timezone.localdate(now),
            now=now,
        )
        return Outcome(summary=removalwords.removed_words(done, rule.audience.name))


def assigning_takes_long(preview: AssignmentPreview) -> bool:
    """Whether a worker does it."""
    return preview.writes > MOST_GIVEN_AT_ONCE


def revising_takes_long(plan: TrainingPlan) -> bool:
    """Whether a worker does it. One query."""
    return having(plan).count() > MOST_GIVEN_AT_ONCE


def removing_takes_long(removal: Removal) -> bool:
    """Whether a worker does it."""
    return removal.writes > MOST_AT_ONCE


def give_plan(
    *,
    plan: TrainingPlan,
    expected: str | None,
    rules: Collection[PlanAudience] | None = None,
    publish: bool = False,
    actor: User,
    today: date,
    now: datetime,
) -> Assignment | JobRun:
    """Assign `plan`, and `publish` it where it is a draft; where that takes long, begin a job.

    Raises at once what `assign_plan` does, as far as that can be known beforehand.
    """
    publish = publish and plan.state == TrainingPlan.State.DRAFT
    if not publish:
        refuse_closed(plan)
    preview = services.preview_assignment(plan=plan, today=today, rules=rules)
    if not assigning_takes_long(preview):
        how: dict[str, Any] = {"publish": publish, "rules": rules, "expected": expected}
        return _assign(plan, actor=actor, today=today, now=now, **how)
    if expected is not None and preview.digest != expected:
        raise PeopleChangedError
    return start_job(
        kind=AssignPlan.name,
        title=gettext("Assigning “%(plan)s”") % {"plan": plan.title},
        task={
            "plan": plan.pk,
            "publish": publish,
            "rules": None if rules is None else sorted(rule.pk for rule in rules),
            "digest": expected,
        },
        result_url=url_of("plan", plan),
        actor=actor,
        now=now,
    )


def change_items(
    *,
    plan: TrainingPlan,
    items: Sequence[Wanted],
    reopen: bool,
    expected: str | None,
    actor: User,
    today: date,
    now: datetime,
) -> Revision | JobRun:
    """Revise `plan`; where many people have it, begin a job that does.

    Raises at once what `revise_plan` does, as far as that can be known beforehand.
    """
    if services.changes_nothing(plan, items) or not revising_takes_long(plan):
        return services.revise_plan(
            plan=plan,
            items=items,
            reopen=reopen,
            expected=expected,
            actor=actor,
            today=today,
            now=now,
        )
    return start_job(
        kind=RevisePlan.name,
        title=gettext("Changing “%(plan)s” for everyone") % {"plan": plan.title},
        task={
            "plan": plan.pk,
            "items": [kept(each) for each in items],
            "reopen": reopen,
            "digest": expected,
        },
        result_url=url_of("plan-edit", plan),
        actor=actor,
        now=now,
    )


def remove_group(
    *, rule: PlanAudience, expected: str | None, actor: User, today: date, now: datetime
) -> Removal | JobRun:
    """Take the group of `rule` out of its plan; where many lose it by that, begin a job that does.

    Raises at once what `remove_rule` does.
    """
    if refusal := services.refusal_to_change_rules(rule.plan):
        raise refusal
    shown = services.preview_removal(rule=rule, today=today)
    if not removing_takes_long(shown):
        return services.remove_rule(rule=rule, expected=expected, actor=actor, today=today, now=now)
    if expected is not None and shown.digest != expected:
        raise PeopleChangedError
    plan, group = rule.plan, rule.audience.name
    return start_job(
        kind=RemoveGroup.name,
        title=gettext("Taking “%(group)s” out of “%(plan)s”")
        % {"group": group, "plan": plan.title},
        task={"plan": plan.pk, "rule": rule.pk, "digest": expected},
        result_url=url_of("plan-edit", plan),
        actor=actor,
        now=now,
    )


def _assign(plan: TrainingPlan, *, publish: bool, **how: Any) -> Assignment:
    with transaction.atomic():
        if publish and plan.state == TrainingPlan.State.DRAFT:
            services.move_plan(plan, to="published", actor=how["actor"], now=how["now"])
        return services.assign_plan(plan=plan, **how)
