"""Two people record for others at once: it is done once, and told once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from change_tracker.core.models import AuditEvent
from change_tracker.people.models import Person
from change_tracker.training.models import (
    Attendance,
    Enrolment,
    Session,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    add_rule,
    delete_session,
    record_attendance,
    record_for_others,
    withdraw_enrolment,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def make_people(rule: str) -> tuple[Session, list[Person], list[Any]]:
    """A session, three people who have it to do, and two leads."""
    leads = [factories.make_person(login=True) for _each in range(2)]
    initiative = factories.make_initiative(lead=leads[0])
    factories.make_role(initiative, leads[1], "lead")
    activity = factories.make_activity(initiative, completion_rule=rule)
    plan = factories.make_plan(initiative, items=[activity])
    people = [factories.make_person() for _each in range(3)]
    for person in people:
        factories.make_enrolment(plan, person)
    return factories.make_session(initiative, activity), people, [lead.user for lead in leads]


def attend(session: Session, people: list[Person], actor: Any) -> Callable[[], object]:
    there = [person.pk for person in people]
    return lambda: record_attendance(session, attended=there, actor=actor, **WHEN)


def test_attendance_recorded_twice_completes_once() -> None:
    for _ in range(ROUNDS):
        session, people, leads = make_people("attendance")

        results = at_once(
            attend(session, people, leads[0]), attend(session, people[::-1], leads[1])
        )

        assert sorted(len(each.completed) for each in results) == [0, 3]  # type: ignore[attr-defined]
        assert Attendance.objects.filter(session=session).count() == 3
        records = TrainingRecord.objects.filter(activity=session.activity, state="completed")
        keys = [str(pk) for pk in records.values_list("pk", flat=True)]
        told = AuditEvent.objects.filter(object_type="trainingrecord", object_id__in=keys)
        assert (len(keys), told.count()) == (3, 3)


def test_recording_against_withdrawing_leaves_one_of_both() -> None:
    for _ in range(ROUNDS):
        _session, (person, *_others), leads = make_people("attest")
        record = TrainingRecord.objects.get(person=person)
        mine = TrainingRecord.objects.filter(pk=record.pk)

        at_once(
            partial(record_for_others, mine, actor=leads[0], **WHEN),
            partial(
                withdraw_enrolment,
                enrolment=record.enrolment,
                reason="x",
                actor=leads[1],
                **WHEN,
            ),
        )

        record.refresh_from_db()
        assert record.state in {"completed", "void"}
        state = Enrolment.objects.get(pk=record.enrolment_id).state
        assert state == "withdrawn"


def test_calling_off_twice_at_once_does_not_delete() -> None:
    for _ in range(ROUNDS):
        _session, _people, leads = make_people("attendance")
        twice = [
            partial(delete_session, Session.objects.get(), actor=lead, now=NOW, calls_off=True)
            for lead in leads
        ]

        at_once(*twice)

        assert Session.objects.get().cancelled_on == TODAY
        Session.objects.all().delete()


def test_one_group_added_twice_at_once_is_told_to_one_of_the_two() -> None:
    for _ in range(ROUNDS):
        session, _people, leads = make_people("attendance")
        plan = TrainingPlan.objects.get(initiative=session.initiative)
        group = factories.make_audience()

        def add(plan: Any = plan, group: Any = group, actor: Any = leads[0]) -> object:
            try:
                return add_rule(plan=plan, audience=group, actor=actor, now=NOW)
            except ValidationError as refused:
                return refused

        told = [each for each in at_once(add, add) if isinstance(each, ValidationError)]

        assert len(told) == 1
        assert plan.audiences.count() == 1
        Session.objects.all().delete()
