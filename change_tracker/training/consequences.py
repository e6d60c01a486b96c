"""What happens to training when people leave, move, join a group, or an initiative is cancelled."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from change_tracker.core.access import User
from change_tracker.core.states import Facts
from change_tracker.initiatives.models import Initiative
from change_tracker.people.points import MembershipChange, PeopleChange
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    PlanAudience,
    TrainingPlan,
)
from change_tracker.training.models.enrolments import EnrolmentQuerySet
from change_tracker.training.services import assign_plan, change_units, leave_plans
from change_tracker.training.services.leaving import chunks


class LeaversAreWithdrawn:
    """Unfinished training of people who leave is withdrawn; their transcript stays."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """How many plans, where there are any."""
        count = sum(_running_of(ids).active().count() for ids in chunks(change.leavers))
        text = ngettext(
            "%(count)s unfinished training plan of people who leave is withdrawn.",
            "%(count)s unfinished training plans of people who leave are withdrawn.",
            count,
        )
        return [text % {"count": count}] if count else []

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Withdraw what is unfinished, and let what is finished stop to count."""
        for ids in chunks(change.leavers):
            leave_plans(
                _running_of(ids),
                reason=gettext("Left the company."),
                actor=actor,
                today=change.today,
                now=now,
            )


class MoversTakeTheirTrainingAlong:
    """Training of people who move to another unit counts there from that day on."""

    def preview(self, change: PeopleChange) -> list[str | Promise]:
        """How many plans, where there are any."""
        count = sum(
            EnrolmentPeriod.objects.open().filter(enrolment__person__in=ids).count()
            for ids in chunks(change.movers)
        )
        text = ngettext(
            "%(count)s training plan of people who move counts in their new unit.",
            "%(count)s training plans of people who move count in their new unit.",
            count,
        )
        return [text % {"count": count}] if count else []

    def apply(self, change: PeopleChange, *, actor: User | None, now: datetime) -> None:
        """Close the periods in the old unit and open them in the new one."""
        change_units(change.movers, today=change.today)


def training_follows_the_group(change: MembershipChange, actor: User | None, now: datetime) -> None:
    """Who joins a group gets the plans it was given; who leaves it keeps what is done."""
    if change.left:
        _leave_group(change, actor, now)
    if change.joined:
        _join_group(change, actor, now)


def cancelled_initiatives_ask_for_nothing(row: Initiative, facts: Facts) -> None:
    """Unfinished training of a cancelled initiative is withdrawn."""
    leave_plans(
        _running().filter(plan__initiative=row),
        reason=facts.reason,
        actor=facts.actor,
        today=timezone.localdate(facts.now),
        now=facts.now,
    )


def _running() -> EnrolmentQuerySet:
    """Enrolments that leaving has an effect on: unfinished, or in force."""
    in_force = EnrolmentPeriod.objects.open().filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(Q(state=Enrolment.State.ACTIVE) | Exists(in_force))


def _running_of(people: Sequence[int]) -> EnrolmentQuerySet:
    return _running().filter(person__in=people)


def _join_group(change: MembershipChange, actor: User | None, now: datetime) -> None:
    """Only rules that were carried out reach further people; the others wait for their lead."""
    rules = PlanAudience.objects.filter(
        audience=change.audience_id,
        first_assigned_on__isnull=False,
        plan__state=TrainingPlan.State.PUBLISHED,
    ).exclude(plan__initiative__state__in=[Initiative.State.CLOSED, Initiative.State.CANCELLED])
    for rule in rules.select_related("plan"):
        for ids in chunks(change.joined):
            assign_plan(
                plan=rule.plan,
                actor=actor,
                today=change.today,
                now=now,
                rules=[rule],
                people=ids,
            )


def _leave_group(change: MembershipChange, actor: User | None, now: datetime) -> None:
    for ids in chunks(change.left):
        lost = EnrolmentReason.objects.filter(
            plan_audience__audience=change.audience_id, enrolment__person__in=ids
        )
        enrolments = list(lost.values_list("enrolment", flat=True))
        lost.delete()
        still = EnrolmentReason.objects.filter(enrolment__in=enrolments)
        leave_plans(
            _running().filter(pk__in=enrolments).exclude(pk__in=still.values("enrolment")),
            reason=gettext("Left the group."),
            actor=actor,
            today=change.today,
            now=now,
        )
