"""Plans whose activities follow each other: what opens, what waits, and the dates between."""

from datetime import date, timedelta
from typing import Any

import pytest

from change_tracker.people.models import Holiday, Person
from change_tracker.progress.queries import measures
from change_tracker.training.errors import NotYetOpenError, PlanPublishedError
from change_tracker.training.models import PlanItem, TrainingPlan, TrainingRecord
from change_tracker.training.queries import my_item, my_work
from change_tracker.training.services import (
    assign_plan,
    change_plan,
    complete_record,
    recertify,
    revise_plan,
    undo_completion,
    waive_record,
    withdraw_enrolment,
)
from change_tracker.training.services.reporting import Report, report_completions
from change_tracker.training.services.revisions import changed
from tests import factories
from tests.factories import NOW, TODAY
from tests.portal.browsing import item_url, words

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def plan(employee: Person) -> TrainingPlan:
    """Three activities, each due three working days after the one before it."""
    plan = factories.make_plan(factories.make_initiative(), items=3, is_sequential=True)
    factories.make_rule(
        plan,
        factories.make_audience(employee, joined_on=TODAY),
        due_rule="previous_item",
        due_days=3,
        due_unit="working_days",
    )
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    return plan


def records(plan: TrainingPlan) -> list[TrainingRecord]:
    return list(plan.records.order_by("item__position"))


def opened(plan: TrainingPlan) -> list[date | None]:
    return [record.opens_on for record in records(plan)]


def due(plan: TrainingPlan) -> list[date | None]:
    return [record.due_on for record in records(plan)]


def complete(record: TrainingRecord, actor: Person, on: date, **options: Any) -> None:
    assert actor.user is not None
    complete_record(record=record, actor=actor.user, today=on, now=NOW, **options)


def test_only_the_first_opens_with_the_assignment(plan: TrainingPlan) -> None:
    assert opened(plan) == [TODAY, None, None]
    assert due(plan) == [date(2026, 11, 23), None, None]
    assert [record.due_rule for record in records(plan)] == [
        "assigned",
        "previous_item",
        "previous_item",
    ]


def test_completing_opens_the_next_with_its_date(plan: TrainingPlan, employee: Person) -> None:
    Holiday.objects.create(day=date(2026, 11, 24), name="New Year")

    complete(records(plan)[0], employee, date(2026, 11, 20))

    assert opened(plan) == [TODAY, date(2026, 11, 20), None]
    assert due(plan) == [date(2026, 11, 23), date(2026, 11, 26), None]


def test_what_is_locked_cannot_be_completed(plan: TrainingPlan, employee: Person) -> None:
    first, second, _third = records(plan)

    with pytest.raises(NotYetOpenError, match=f"opens after “{first.activity}” is done"):
        complete(second, employee, TODAY)

    second.refresh_from_db()
    assert second.state == "not_started"


def test_an_exemption_opens_the_next_too(
    plan: TrainingPlan, employee: Person, lead: Person
) -> None:
    assert lead.user is not None
    first = records(plan)[0]

    waive_record(record=first, reason="Knows it.", actor=lead.user, today=TODAY + DAY, now=NOW)

    assert opened(plan) == [TODAY, TODAY + DAY, None]
    assert due(plan)[1] == date(2026, 11, 24)


def test_undoing_locks_again_what_was_not_begun(plan: TrainingPlan, employee: Person) -> None:
    assert employee.user is not None
    first = records(plan)[0]
    complete(first, employee, TODAY)
    revision = records(plan)[1].due_revision

    undo_completion(record=first, actor=employee.user, today=TODAY, now=NOW)

    assert opened(plan) == [TODAY, None, None]
    assert due(plan)[1] is None
    assert records(plan)[1].due_revision > revision


def test_undoing_leaves_open_what_was_begun(plan: TrainingPlan, employee: Person) -> None:
    assert employee.user is not None
    first, second, _third = records(plan)
    complete(first, employee, TODAY)
    TrainingRecord.objects.filter(pk=second.pk).update(state="in_progress")

    undo_completion(record=first, actor=employee.user, today=TODAY, now=NOW)

    assert opened(plan) == [TODAY, TODAY, None]
    assert due(plan)[1] is not None


def test_what_is_optional_holds_nobody_up(employee: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=3, is_sequential=True)
    PlanItem.objects.filter(plan=plan, position=1).update(is_required=False)
    factories.make_rule(plan, factories.make_audience(employee))

    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

    assert opened(plan) == [TODAY, TODAY, None]


def test_what_is_no_longer_needed_holds_nobody_up(employee: Person) -> None:
    initiative = factories.make_initiative()
    activities = [factories.make_activity(initiative, valid_months=n) for n in (None, None, 12)]
    plan = factories.make_plan(initiative, items=activities, is_sequential=True)
    middle = PlanItem.objects.get(plan=plan, position=2)
    PlanItem.objects.filter(pk=middle.pk).update(is_required=False)
    factories.make_rule(plan, factories.make_audience(employee))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    complete(records(plan)[0], employee, TODAY)
    complete(records(plan)[2], employee, TODAY)
    wanted = changed(list(plan.items.select_related("activity")), middle, is_required=True)
    revise_plan(plan=plan, items=wanted, reopen=False, actor=None, today=TODAY, now=NOW)
    assert [record.state for record in records(plan)] == ["completed", "void", "completed"]

    later = date(2027, 10, 18)
    recertify(today=later, now=NOW)

    again = plan.records.get(attempt=2)
    assert (again.activity, again.opens_on) == (activities[2], later)


def test_nothing_is_late_before_its_turn_and_a_date_that_passed_meanwhile_moves(
    employee: Person,
) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=2, is_sequential=True)
    factories.make_rule(plan, factories.make_audience(employee), due_on=date(2026, 11, 27))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    later = date(2026, 12, 1)

    late = TrainingRecord.objects.overdue(later)
    assert [record.item.position for record in late] == [1]
    complete(records(plan)[0], employee, later)

    second = records(plan)[1]
    assert (second.opens_on, second.due_on, second.due_moved) == (later, later + DAY, "past")


def test_a_date_may_follow_the_activity_before_it_in_any_order(employee: Person) -> None:
    plan = factories.make_plan(factories.make_initiative(), items=2)
    PlanItem.objects.filter(plan=plan, position=2).update(due_rule="previous_item", due_days=5)
    factories.make_rule(plan, factories.make_audience(employee))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)
    assert (opened(plan), due(plan)[1]) == ([TODAY, TODAY], None)

    complete(records(plan)[0], employee, TODAY + DAY, completed_on=TODAY)

    assert due(plan)[1] == TODAY + 5 * DAY


def test_who_rejoins_goes_on_where_they_were(plan: TrainingPlan, employee: Person) -> None:
    first = records(plan)[0]
    complete(first, employee, TODAY)
    withdraw_enrolment(
        enrolment=first.enrolment, reason="moved", actor=None, today=TODAY + DAY, now=NOW
    )

    assign_plan(plan=plan, actor=None, today=TODAY + 7 * DAY, now=NOW)

    assert opened(plan) == [TODAY, TODAY, None]
    assert due(plan)[1:] == [date(2026, 11, 30), None]


def test_my_training_says_what_a_locked_activity_waits_for(
    plan: TrainingPlan, employee: Person
) -> None:
    assert employee.user is not None
    first, second, third = records(plan)

    work = my_work(employee.user, TODAY)

    assert [item.opens_after for item in work.items] == [
        "",
        str(first.activity),
        str(second.activity),
    ]
    assert [item.is_locked for item in work.items] == [False, True, True]
    item = my_item(employee.user, third.pk, TODAY)
    assert item is not None
    assert item.opens_after == str(second.activity)
    assert item.why.rule == ("It is due 3 working days after you have done the activity before it.")


def test_the_page_of_a_locked_activity_says_when_it_opens_and_has_no_button(
    plan: TrainingPlan, employee: Person, sign_in: Any
) -> None:
    first, second, _third = records(plan)
    client = sign_in.page(employee)

    shown = client.get(item_url(second.pk))
    refused = client.post(item_url(second.pk, "done"))

    assert f"Opens after “{first.activity}”" in words(shown)
    assert "Mark as done" not in words(shown).replace("“Mark as done”", "")
    assert refused.status_code == 409
    assert f"This opens after “{first.activity}” is done" in words(refused)


def test_the_api_refuses_a_locked_record_with_a_code(
    plan: TrainingPlan, employee: Person, sign_in: Any
) -> None:
    second = records(plan)[1]

    response = sign_in.api(employee).post(f"/change/api/v1/records/{second.pk}/complete/")

    assert (response.status_code, response.json()["code"]) == (409, "not_yet_open")


def test_the_order_of_a_published_plan_stays(plan: TrainingPlan) -> None:
    with pytest.raises(PlanPublishedError):
        change_plan(plan, actor=None, now=NOW, is_sequential=False)


def test_what_another_system_reports_has_had_its_turn(plan: TrainingPlan, employee: Person) -> None:
    _first, second, _third = records(plan)
    other = factories.make_user("other-system", "report_completions")

    report = Report(person=employee.external_id, activity=second.activity_id, completed_on=TODAY)
    report_completions([report], actor=other, now=NOW, today=TODAY)

    assert records(plan)[1].state == "completed"
    assert opened(plan) == [TODAY, TODAY, TODAY]


def test_figures_count_nothing_as_overdue_before_its_turn(plan: TrainingPlan) -> None:
    past = TODAY - DAY
    plan.records.update(opens_on=None, due_on=past)
    assert measures(plan.initiative, TODAY).overdue == 0

    plan.records.update(opens_on=past)
    assert measures(plan.initiative, TODAY).overdue == 3
