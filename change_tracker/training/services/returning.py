"""Bringing one person back into a plan."""

from datetime import date, datetime

from django.db import transaction

from change_tracker.core.access import User
from change_tracker.training.errors import NotInGroupError
from change_tracker.training.models import Enrolment
from change_tracker.training.services.assigning import assign_plan


def enrol_again(
    *, enrolment: Enrolment, actor: User | None, today: date, now: datetime
) -> Enrolment:
    """Put somebody who was withdrawn back in force, as far as a group of the plan has them.

    What they had done stays, the rest is to do again by today's dates; a repeat changes nothing.
    Raises PlanClosedError, or NotInGroupError when no rule that was carried out reaches them.
    """
    with transaction.atomic():
        rules = list(enrolment.plan.audiences.filter(first_assigned_on__isnull=False))
        assign_plan(
            plan=enrolment.plan,
            rules=rules,
            people=[enrolment.person_id],
            actor=actor,
            today=today,
            now=now,
        )
        enrolment.refresh_from_db()
        if enrolment.state == Enrolment.State.WITHDRAWN:
            raise NotInGroupError
    return enrolment
