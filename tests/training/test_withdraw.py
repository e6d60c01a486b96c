"""Leaving a plan: by hand, with the company, with the group, with the initiative."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.initiatives.states import INITIATIVE
from change_tracker.people.models import AudienceMember, Person
from change_tracker.people.points import MembershipChange, PeopleChange
from change_tracker.people.services.audiences import recompute_audiences
from change_tracker.training.consequences import training_follows_the_groups
from change_tracker.training.hooks import LEAVERS, MOVERS
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import assign_plan, withdraw_enrolment
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db

BEGAN = date(2026, 11, 2)


def make_plan(items: int = 2) -> TrainingPlan:
    return factories.make_plan(factories.make_initiative(), items=items)


def finish(record: TrainingRecord | None) -> None:
    assert record is not None
    TrainingRecord.objects.filter(pk=record.pk).update(state="completed", completed_on=BEGAN)


def finish_all(enrolment: Enrolment) -> None:
    for record in enrolment.records.all():
        finish(record)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="completed")


def states(enrolment: Enrolment) -> list[str]:
    return list(enrolment.records.order_by("pk").values_list("state", flat=True))


def test_withdrawing_keeps_what_is_done_and_ends_the_rest(employee: Person) -> None:
    enrolment = factories.make_enrolment(make_plan(), employee)
    finish(enrolment.records.first())

    withdrawn = withdraw_enrolment(
        enrolment=enrolment, reason="Other job", actor=None, today=TODAY, now=NOW
    )

    assert withdrawn.state == "withdrawn"
    assert sorted(states(enrolment)) == ["completed", "void"]
    period = enrolment.periods.get()
    assert (period.from_on, period.to_on, period.is_open) == (BEGAN, TODAY, None)
    assert enrolment.records.get(state="void").left_on == TODAY


def test_withdrawing_twice_has_no_effect(employee: Person) -> None:
    enrolment = factories.make_enrolment(make_plan(), employee)
    first = withdraw_enrolment(enrolment=enrolment, reason="", actor=None, today=TODAY, now=NOW)

    again = withdraw_enrolment(
        enrolment=enrolment, reason="", actor=None, today=TODAY + timedelta(days=9), now=NOW
    )

    assert again.version == first.version
    assert enrolment.periods.get().to_on == TODAY


def test_leavers_are_withdrawn_and_the_preview_says_how_many() -> None:
    plan = make_plan(items=1)
    unfinished, finished = factories.make_person(), factories.make_person()
    staying = factories.make_enrolment(plan, factories.make_person())
    one, two = (factories.make_enrolment(plan, each) for each in (unfinished, finished))
    finish_all(two)
    change = PeopleChange(today=TODAY, leavers=[unfinished.pk, finished.pk])

    sentences = LEAVERS.preview(change)
    LEAVERS.apply(change, actor=None, now=NOW)

    assert [str(each) for each in sentences] == [
        "2 leave no unit: 1 unfinished plan of a person is withdrawn, 1 completed record is kept."
    ]
    for enrolment in (one, two, staying):
        enrolment.refresh_from_db()
    assert (one.state, two.state, staying.state) == ("withdrawn", "completed", "active")
    assert (states(one), states(two)) == (["void"], ["completed"])
    assert set(EnrolmentPeriod.objects.open().values_list("enrolment", flat=True)) == {staying.pk}
    assert LEAVERS.preview(change) == []


@pytest.mark.parametrize("how", ["with the company", "with the initiative"])
def test_what_is_optional_is_not_asked_of_who_has_finished_and_left(
    how: str, lead: Person, employee: Person
) -> None:
    enrolment = factories.make_enrolment(make_plan(), employee)
    finish(enrolment.records.order_by("pk").first())
    enrolment.plan.items.filter(position=2).update(is_required=False)
    Enrolment.objects.update(state="completed")
    optional = enrolment.records.get(item__position=2)
    request = factories.make_request(optional)

    if how == "with the company":
        leaving = PeopleChange(today=TODAY, leavers=[employee.pk])
        LEAVERS.apply(leaving, actor=None, now=NOW)
    else:
        initiative = enrolment.plan.initiative
        INITIATIVE.move(initiative, to="cancelled", actor=lead.user, now=NOW, reason="Budget")

    for row in (enrolment, optional, request):
        row.refresh_from_db()
    assert (enrolment.state, request.state) == ("completed", "withdrawn")
    assert (optional.state, optional.left_on) == ("void", NOW.date())
    assert not TrainingRecord.objects.overdue(TODAY + timedelta(days=90)).exists()


def test_movers_count_in_their_new_unit_from_that_day_on(employee: Person) -> None:
    old, new = employee.unit, factories.make_unit("Sales")
    enrolment = factories.make_enrolment(make_plan(items=1), employee)
    change = PeopleChange(today=TODAY, movers=[employee.pk])
    employee.unit = new
    employee.save()

    sentences = MOVERS.preview(change)
    MOVERS.apply(change, actor=None, now=NOW)

    assert len(sentences) == 1
    periods = list(enrolment.periods.values_list("unit", "from_on", "to_on"))
    assert old is not None
    assert periods == [(old.pk, BEGAN, TODAY), (new.pk, TODAY, None)]
    assert enrolment.records.get().unit == new


def test_a_cancelled_initiative_asks_for_nothing(lead: Person, employee: Person) -> None:
    plan, other = make_plan(items=1), make_plan(items=1)
    enrolment = factories.make_enrolment(plan, employee)
    elsewhere = factories.make_enrolment(other, employee)

    INITIATIVE.move(plan.initiative, to="cancelled", actor=lead.user, now=NOW, reason="Budget")

    enrolment.refresh_from_db()
    assert (enrolment.state, states(enrolment)) == ("withdrawn", ["void"])
    assert states(elsewhere) == ["not_started"]


class TestGroups:
    """Joining and leaving a group."""

    def assigned(self, *people: Person, items: int = 1) -> tuple[TrainingPlan, Any]:
        plan = make_plan(items)
        rule = factories.make_rule(plan, factories.make_audience(*people))
        assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)
        return plan, rule

    def join(self, audience_id: int, *people: Person) -> None:
        for person in people:
            AudienceMember.objects.create(audience_id=audience_id, person=person, joined_on=TODAY)
        joined = [each.pk for each in people]
        training_follows_the_groups(
            [MembershipChange(audience_id=audience_id, today=TODAY, joined=joined)], None, NOW
        )

    def leave(self, audience_id: int, *people: Person) -> None:
        members = AudienceMember.objects.filter(audience=audience_id, person__in=people)
        members.update(left_on=TODAY, is_open=None)
        left = [each.pk for each in people]
        training_follows_the_groups(
            [MembershipChange(audience_id=audience_id, today=TODAY, left=left)], None, NOW
        )

    def test_who_joins_gets_what_the_group_was_given(self) -> None:
        _plan, rule = self.assigned(factories.make_person())
        newcomer = factories.make_person()

        self.join(rule.audience_id, newcomer)

        assert Enrolment.objects.get(person=newcomer).assigned_on == TODAY
        assert Enrolment.objects.count() == 2

    def test_rules_that_were_not_carried_out_wait_for_their_lead(self) -> None:
        rule = factories.make_rule(make_plan(), factories.make_audience())

        self.join(rule.audience_id, factories.make_person())

        assert not Enrolment.objects.exists()

    def test_closed_plans_and_ended_initiatives_give_nothing(self) -> None:
        plan, rule = self.assigned(factories.make_person())
        type(plan.initiative).objects.update(state="closed")

        self.join(rule.audience_id, factories.make_person())

        assert Enrolment.objects.count() == 1

    def test_who_leaves_keeps_what_is_done(self) -> None:
        person = factories.make_person()
        _plan, rule = self.assigned(person, items=2)
        enrolment = Enrolment.objects.get()
        finish(enrolment.records.first())

        self.leave(rule.audience_id, person)

        enrolment.refresh_from_db()
        assert enrolment.state == "withdrawn"
        assert sorted(states(enrolment)) == ["completed", "void"]
        assert EnrolmentReason.objects.get().ended_on == TODAY

    def test_who_has_finished_and_comes_back_is_offered_again_what_is_optional(self) -> None:
        person = factories.make_person()
        plan, rule = self.assigned(person, items=3)
        plan.items.filter(position=2).update(is_required=False)
        finish(TrainingRecord.objects.get(item__position=1))
        TrainingRecord.objects.filter(item__position=3).update(state="void", left_on=BEGAN)
        Enrolment.objects.update(state="completed")
        enrolment = Enrolment.objects.get()

        self.leave(rule.audience_id, person)
        assert states(enrolment) == ["completed", "void", "void"]
        self.join(rule.audience_id, person)

        enrolment.refresh_from_db()
        assert enrolment.state == "completed"
        assert states(enrolment) == ["completed", "not_started", "void"]
        assert enrolment.periods.open().exists()

    def test_who_has_finished_stays_finished_but_no_longer_in_force(self) -> None:
        person = factories.make_person()
        _plan, rule = self.assigned(person)
        enrolment = Enrolment.objects.get()
        finish_all(enrolment)

        self.leave(rule.audience_id, person)

        enrolment.refresh_from_db()
        assert enrolment.state == "completed"
        assert enrolment.periods.get().to_on == TODAY

    def test_another_reason_of_the_same_plan_still_holds(self) -> None:
        person = factories.make_person()
        plan, rule = self.assigned(person)
        second = factories.make_rule(plan, factories.make_audience(person))
        assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)

        self.leave(rule.audience_id, person)

        assert Enrolment.objects.get().state == "active"
        assert EnrolmentReason.objects.holding().get().plan_audience == second

    @pytest.mark.parametrize("old_is_older", [True, False])
    def test_whoever_goes_from_one_group_of_a_plan_to_another_loses_nothing(
        self, *, old_is_older: bool
    ) -> None:
        homes, repairs = factories.make_unit(), factories.make_unit()
        person = factories.make_person(unit=homes)
        plan = make_plan(items=1)
        for unit in (homes, repairs) if old_is_older else (repairs, homes):
            group = factories.make_audience(*([person] if unit == homes else []), unit=unit)
            factories.make_rule(plan, group)
        assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)
        record = TrainingRecord.objects.get()
        TrainingRecord.objects.update(state="in_progress")
        asked = factories.make_request(record)
        Person.objects.filter(pk=person.pk).update(unit=repairs)

        changes = recompute_audiences(actor=None, today=TODAY, now=NOW)

        after = TrainingRecord.objects.get()
        assert (after.state, after.due_on, after.due_revision) == (
            "in_progress",
            record.due_on,
            record.due_revision,
        )
        asked.refresh_from_db()
        assert asked.state == "requested"
        assert Enrolment.objects.get().state == "active"
        clause = EnrolmentReason.objects.holding().get().plan_audience.audience.clauses.get()
        assert clause.unit == repairs
        assert [each.follows for each in changes] == [(), ()]

    def test_what_follows_from_a_change_of_groups_is_said(self) -> None:
        homes, repairs = factories.make_unit(), factories.make_unit()
        stays, goes = factories.make_person(unit=homes), factories.make_person(unit=homes)
        comes = factories.make_person(unit=repairs)
        plan = make_plan(items=2)
        factories.make_rule(plan, factories.make_audience(stays, goes, unit=homes))
        assign_plan(plan=plan, actor=None, today=BEGAN, now=NOW)
        finish(TrainingRecord.objects.filter(person=goes).first())
        Person.objects.filter(pk=goes.pk).update(unit=repairs)
        Person.objects.filter(pk=comes.pk).update(unit=homes)

        (change,) = recompute_audiences(actor=None, today=TODAY, now=NOW)

        assert change.follows == (
            "1 training plan is given.",
            "1 unfinished plan of a person is withdrawn, 1 completed record is kept.",
        )

    def test_who_comes_back_after_finishing_is_in_force_again_and_finished(self) -> None:
        person = factories.make_person()
        _plan, rule = self.assigned(person)
        enrolment = Enrolment.objects.get()
        finish_all(enrolment)
        self.leave(rule.audience_id, person)

        self.join(rule.audience_id, person)

        enrolment.refresh_from_db()
        assert enrolment.state == "completed"
        assert enrolment.periods.filter(is_open=True).get().from_on == TODAY
        assert states(enrolment) == ["completed"]

    def test_the_number_of_statements_does_not_grow_with_people(self) -> None:
        counted = []
        for number in (2, 30):
            people = [factories.make_person() for _ in range(number)]
            _plan, rule = self.assigned(*people)
            with CaptureQueriesContext(connection) as queries:
                self.leave(rule.audience_id, *people)
            counted.append(len(queries))

        assert counted[0] == counted[1]
