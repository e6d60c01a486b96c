"""Two callers at once, each with a connection of its own."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.idempotency import once
from change_tracker.core.models import AuditEvent
from change_tracker.core.tables import table_of
from change_tracker.people.models import AudienceMember, Person
from change_tracker.people.services.persons import change_person
from change_tracker.people.services.sync import read_roster, sync_people
from change_tracker.people.services.sync.stored import StoredPeople
from change_tracker.training.models import (
    Enrolment,
    EnrolmentPeriod,
    EnrolmentReason,
    TrainingPlan,
    TrainingRecord,
)
from change_tracker.training.services import (
    Assignment,
    Decision,
    NewVersion,
    OlderVersions,
    Report,
    Revision,
    Verdicts,
    Wanted,
    assign_plan,
    complete_record,
    exempt_people,
    leave_plans,
    preview_decision,
    preview_revision,
    raise_version,
    recertify,
    report_completions,
    revise_plan,
    undo_completion,
    withdraw_enrolment,
)
from change_tracker.training.services.importing import COLUMNS, REQUIRED, import_records
from tests import factories
from tests.factories import NOW, TODAY
from tests.races import ROUNDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_one_key_sent_twice_at_once_does_its_work_once() -> None:
    user, calls = factories.make_user(), []

    def run() -> str:
        calls.append(1)
        return "done"

    for number in range(ROUNDS):
        one = partial(once, user=user, key=f"k{number}", digest="d", now=NOW, run=run)
        assert at_once(one, one, one) == ["done"] * 3
    assert len(calls) == ROUNDS


def test_two_systems_that_report_the_same_at_once_complete_it_once() -> None:
    user = factories.make_user()
    for _ in range(ROUNDS):
        record = make_record()
        report = Report(
            person=record.person.external_id, activity=record.activity_id, completed_on=TODAY
        )
        one = partial(report_completions, [report], actor=user, today=TODAY, now=NOW)

        results: Any = at_once(one, one)

        assert sorted(outcomes[0].status for outcomes in results) == ["completed", "unchanged"]
        moves = AuditEvent.objects.filter(object_id=str(record.pk), to_state="completed")
        assert moves.filter(object_type="trainingrecord").count() == 1


def make_record(items: int = 1) -> TrainingRecord:
    plan = factories.make_plan(factories.make_initiative(), items=items)
    person = factories.make_person(login=True)
    record = factories.make_enrolment(plan, person).records.order_by("pk").first()
    assert record is not None
    return record


def complete(record: TrainingRecord, minutes: int = 0) -> Callable[[], TrainingRecord]:
    user: Any = record.person.user
    now = NOW + timedelta(minutes=minutes)
    return lambda: complete_record(record=record, actor=user, today=TODAY, now=now)


def test_completing_twice_at_once_has_one_time_and_one_line_of_history() -> None:
    for _ in range(ROUNDS):
        record = make_record()

        one, two = at_once(complete(record, 1), complete(record, 2))

        assert isinstance(one, TrainingRecord)
        assert isinstance(two, TrainingRecord)
        assert one.completed_at == two.completed_at
        events = AuditEvent.objects.filter(object_type="trainingrecord", object_id=record.pk)
        assert events.count() == 1


def test_the_last_two_items_at_once_finish_the_enrolment() -> None:
    for _ in range(ROUNDS):
        first = make_record(items=2)
        second = first.enrolment.records.exclude(pk=first.pk).get()

        at_once(complete(first), complete(second))

        first.enrolment.refresh_from_db()
        assert first.enrolment.state == "completed"


@pytest.mark.parametrize("way", ["by hand", "in bulk"])
def test_completing_and_withdrawing_at_once_leave_nothing_half_done(way: str) -> None:
    for _ in range(ROUNDS):
        record = make_record()
        mine = Enrolment.objects.filter(pk=record.enrolment_id)
        context: Any = {"reason": "x", "actor": None, "today": TODAY, "now": NOW}

        def withdraw(record: Any = record, mine: Any = mine, context: Any = context) -> object:
            if way == "by hand":
                return withdraw_enrolment(enrolment=record.enrolment, **context)
            return leave_plans(mine, **context)

        at_once(complete(record), withdraw)

        record.refresh_from_db()
        state = mine.get().state
        if way == "by hand":
            assert state == "withdrawn"
            assert (record.state, record.left_on) in {("completed", None), ("void", TODAY)}
        else:
            assert (record.state, state) in {("completed", "completed"), ("void", "withdrawn")}
        assert not EnrolmentPeriod.objects.open().filter(enrolment__in=mine).exists()


def test_moving_and_withdrawing_at_once_leave_nothing_in_force() -> None:
    units = [factories.make_unit() for _ in range(2)]
    for number in range(ROUNDS * 3):
        record = make_record()
        mine = Enrolment.objects.filter(pk=record.enrolment_id)
        context: Any = {"actor": None, "today": TODAY, "now": NOW}
        move = partial(change_person, record.person, unit=units[number % 2], **context)
        leave = partial(withdraw_enrolment, enrolment=mine.get(), reason="x", **context)

        at_once(move, leave)

        assert mine.get().state == "withdrawn"
        assert not EnrolmentPeriod.objects.open().filter(enrolment__in=mine).exists()


def test_undoing_and_withdrawing_at_once_leave_no_open_work_behind() -> None:
    for _ in range(ROUNDS):
        record = make_record()
        complete(record)()
        user: Any = record.person.user

        at_once(
            lambda record=record, user=user: undo_completion(  # type: ignore[misc]  # bound now
                record=record, actor=user, today=TODAY, now=NOW
            ),
            lambda record=record: leave_plans(  # type: ignore[misc]  # bound now
                Enrolment.objects.filter(pk=record.enrolment_id),
                reason="x",
                actor=None,
                today=TODAY,
                now=NOW,
            ),
        )

        record.refresh_from_db()
        assert not record.is_open()


def test_assigning_twice_at_once_enrols_everyone_once() -> None:
    for _ in range(ROUNDS):
        plan = factories.make_plan(factories.make_initiative(), items=3)
        people = [factories.make_person() for _ in range(20)]
        factories.make_rule(plan, factories.make_audience(*people))

        def assign(plan: Any = plan) -> Any:
            return assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

        done: Any = at_once(assign, assign)

        assert sorted(each.enrolled for each in done) == [0, 20]
        mine = Enrolment.objects.filter(plan=plan)
        assert mine.count() == 20
        assert TrainingRecord.objects.filter(plan=plan).count() == 60
        assert EnrolmentReason.objects.filter(enrolment__in=mine).count() == 20
        assert EnrolmentPeriod.objects.filter(enrolment__in=mine).count() == 20


def test_people_complete_while_the_plan_is_being_assigned_to_others() -> None:
    record = make_record()
    plan = record.plan
    factories.make_rule(plan, factories.make_audience(*Person.objects.all()))

    at_once(complete(record), lambda: assign_plan(plan=plan, actor=None, today=TODAY, now=NOW))

    record.refresh_from_db()
    assert record.state == "completed"
    assert EnrolmentReason.objects.count() == 1


def test_what_is_completed_while_many_are_exempted_is_completed_or_exempt_not_both() -> None:
    for _ in range(ROUNDS):
        record = make_record()
        lead = factories.make_user()
        chosen = Enrolment.objects.filter(pk=record.enrolment_id)
        shown = preview_decision(Decision.EXEMPT, chosen, actor=lead)

        def exempt(chosen: Any = chosen, shown: Verdicts = shown, lead: Any = lead) -> Verdicts:
            return exempt_people(
                chosen, reason="x", expected=shown.digest, actor=lead, today=TODAY, now=NOW
            )

        results = at_once(complete(record), exempt)

        record.refresh_from_db()
        refused = [each for each in results if isinstance(each, ChangeTrackerError)]
        assert [each.code for each in refused] == [
            "people_changed" if record.state == "completed" else "not_open"
        ]
        assert Enrolment.objects.get(pk=record.enrolment_id).state == "completed"


@pytest.mark.parametrize("reopen", [True, False])
def test_what_is_completed_while_it_is_taken_out_is_done_or_not_needed_not_both(
    *, reopen: bool
) -> None:
    for _ in range(ROUNDS):
        record = make_record(items=2)
        other = record.enrolment.records.exclude(pk=record.pk).get()
        extra = Wanted(activity=factories.make_activity(record.plan.initiative))
        wanted = [Wanted(activity=other.activity), extra]

        def revise(record: Any = record, wanted: Any = wanted) -> Revision:
            return revise_plan(
                plan=record.plan, items=wanted, reopen=reopen, actor=None, today=TODAY, now=NOW
            )

        at_once(complete(record), revise)

        record.refresh_from_db()
        assert (record.state, record.left_on) in {("completed", None), ("void", TODAY)}
        enrolment = Enrolment.objects.get(pk=record.enrolment_id)
        assert enrolment.state == "active"
        assert enrolment.records.outstanding().count() == 2


@pytest.mark.parametrize("reopen", [True, False])
def test_who_finishes_while_the_plan_gets_more_has_it_open_or_is_done(*, reopen: bool) -> None:
    for _ in range(ROUNDS):
        record = make_record()
        extra = factories.make_activity(record.plan.initiative)
        wanted = [Wanted(activity=record.activity), Wanted(activity=extra)]

        def revise(record: Any = record, wanted: Any = wanted) -> Revision:
            return revise_plan(
                plan=record.plan, items=wanted, reopen=reopen, actor=None, today=TODAY, now=NOW
            )

        at_once(complete(record), revise)

        record.refresh_from_db()
        enrolment = Enrolment.objects.get(pk=record.enrolment_id)
        is_asked = enrolment.records.filter(activity=extra).exists()
        assert record.state == "completed"
        assert enrolment.state == ("active" if is_asked else "completed")
        assert is_asked or not reopen


def test_of_two_revisions_at_once_that_were_looked_at_one_is_made() -> None:
    for _ in range(ROUNDS):
        record = make_record()
        calls = []
        for _each in range(2):
            extra = factories.make_activity(record.plan.initiative)
            wanted = [Wanted(activity=record.activity), Wanted(activity=extra)]
            shown = preview_revision(plan=record.plan, items=wanted, today=TODAY, now=NOW)
            calls.append(
                partial(
                    revise_plan,
                    plan=record.plan,
                    items=wanted,
                    expected=shown.digest,
                    actor=None,
                    today=TODAY,
                    now=NOW,
                )
            )

        results = at_once(*calls)

        refused = [each for each in results if isinstance(each, ChangeTrackerError)]
        assert [each.code for each in refused] == ["people_changed"]
        assert record.enrolment.records.count() == 2
        assert record.plan.items.in_force().count() == 2


def test_two_ticks_at_once_ask_once_for_what_expires() -> None:
    for _ in range(ROUNDS):
        record = make_record(items=2)
        complete(record)()
        TrainingRecord.objects.filter(pk=record.pk).update(expires_on=TODAY + timedelta(days=5))
        tick = partial(recertify, today=TODAY, now=NOW)

        results: Any = at_once(tick, tick)

        assert sorted(results) == [0, 1]
        assert record.enrolment.records.filter(item=record.item).count() == 2
        TrainingRecord.objects.filter(pk=record.pk).update(expires_on=None)


def test_what_is_undone_while_a_new_version_asks_again_is_open_once() -> None:
    for _ in range(ROUNDS):
        record = make_record()
        complete(record)()
        user: Any = record.person.user

        def undo(record: Any = record, user: Any = user) -> TrainingRecord:
            return undo_completion(record=record, actor=user, today=TODAY, now=NOW)

        def new_version(record: Any = record) -> NewVersion:
            return raise_version(
                activity=record.activity,
                completed=OlderVersions.REOPEN,
                actor=None,
                today=TODAY,
                now=NOW,
            )

        at_once(undo, new_version)

        mine = record.enrolment.records
        assert mine.outstanding().count() == 1
        assert mine.last_attempts().get().is_open()
        assert Enrolment.objects.get(pk=record.enrolment_id).state == "active"


@pytest.mark.postgres  # elsewhere a row that refers to another one waits for whoever holds that
def test_a_plan_is_given_to_people_whom_a_sync_holds() -> None:
    plan = factories.make_plan(factories.make_initiative())
    people = [factories.make_person(unit=factories.make_unit()) for _ in range(3)]
    factories.make_rule(plan, factories.make_audience(*people))
    assign = partial(assign_plan, plan=plan, actor=None, today=TODAY, now=NOW)

    with transaction.atomic():
        StoredPeople(hold=True)
        (done,) = at_once(assign, seconds=10)

    assert isinstance(done, Assignment)
    assert done.enrolled == 3


def test_giving_a_plan_and_a_sync_that_gives_it_do_not_wait_for_each_other() -> None:
    unit = factories.make_unit("Repairs")
    plan = factories.make_plan(factories.make_initiative())
    rule = factories.make_rule(plan, factories.make_audience(unit=unit), first_assigned_on=TODAY)
    columns, group = ("external_id", "name", "unit"), rule.audience
    for number in range(ROUNDS):
        others = [factories.make_person() for _ in range(200)]
        mover = factories.make_person(external_id=f"mover-{number}")
        for person in others:
            AudienceMember.objects.create(audience=group, person=person, joined_on=TODAY)
        rows = [{"external_id": mover.external_id, "name": "Ann", "unit": "Repairs"}]
        roster = read_roster(table_of(rows, columns=columns, required=()), source="roster")
        everybody = [each.pk for each in others]

        results = at_once(
            partial(sync_people, roster=roster, full=False, today=TODAY, actor=None, now=NOW),
            partial(assign_plan, plan=plan, actor=None, today=TODAY, now=NOW, people=everybody),
        )

        assert None not in results
        assert Enrolment.objects.filter(person=mover).exists()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_the_same_file_imported_twice_at_once_makes_each_plan_once(_round: int) -> None:
    initiative = factories.make_initiative()
    person = factories.make_person()
    rows = [
        {"person": person.external_id, "plan": f"Plan {number}", "activity": "Intro"}
        for number in range(5)
    ]
    table = table_of(rows, columns=COLUMNS, required=REQUIRED)
    run = partial(
        import_records, table=table, initiative=initiative, actor=None, today=TODAY, now=NOW
    )

    at_once(run, run)

    assert TrainingPlan.objects.count() == 5
    assert Enrolment.objects.count() == 5
