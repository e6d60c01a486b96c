"""What one person has to learn, by when and why."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from change_tracker.people.models import Person
from change_tracker.training.models import Enrolment, TrainingPlan, TrainingRecord
from change_tracker.training.queries import MyWork, my_work
from change_tracker.training.services import (
    assign_plan,
    complete_record,
    waive_record,
    withdraw_enrolment,
)
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def work(person: Person, today: date = TODAY) -> MyWork:
    assert person.user is not None
    return my_work(person.user, today)


def give(person: Person, due_on: date | None = date(2026, 11, 30), **values: Any) -> Enrolment:
    plan = factories.make_plan(factories.make_initiative(**values))
    return factories.make_enrolment(plan, person, due_on=due_on)


def test_late_work_comes_first_then_by_date_then_without_one(employee: Person) -> None:
    give(employee, None)
    days = [TODAY + timedelta(days=offset) for offset in (12, -3, 5, -8)]
    for day in days:
        give(employee, day)

    items = work(employee).items

    assert [item.due_on for item in items] == [*sorted(days), None]
    assert [item.days_late for item in items] == [8, 3, 0, 0, 0]
    assert [item.is_soon for item in items] == [False, False, True, False, False]


@pytest.mark.parametrize(("offset", "soon"), [(-1, False), (0, True), (7, True), (8, False)])
def test_soon_is_within_a_week(employee: Person, offset: int, soon: bool) -> None:
    give(employee, TODAY + timedelta(days=offset))

    assert work(employee).items[0].is_soon is soon


def test_it_says_what_to_do_and_why(employee: Person) -> None:
    initiative = factories.make_initiative(title="One number", slug="one-number", purpose="Calls.")
    activity = factories.make_activity(
        initiative, title="The new desk", body="Read.", url="https://example.org/", minutes=25
    )
    plan = factories.make_plan(initiative, items=[activity], title="Basics")
    for name in ("Counter staff", "Repairs"):
        factories.make_rule(plan, factories.make_audience(employee, name=name))
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

    (item,) = work(employee).items

    assert (item.title, item.body, item.url, item.minutes) == (
        "The new desk",
        "Read.",
        "https://example.org/",
        25,
    )
    assert (item.plan, item.initiative, item.initiative_slug) == (
        "Basics",
        "One number",
        "one-number",
    )
    assert item.why.purpose == "Calls."
    assert item.why.groups == ("Counter staff", "Repairs")
    assert item.why.group == "Counter staff and Repairs"
    assert "30 Nov" in item.why.rule
    assert work(employee).minutes == 25


def answering(plan: TrainingPlan, *texts: str, **values: Any) -> None:
    """The plan answers resistances whose kinds say that to people."""
    for text in texts:
        kind = factories.make_source_type(label="Fear of job loss", for_people=text)
        values.setdefault("statement", "Dan says that our jobs go next.")
        plan.sources.add(factories.make_source(plan.initiative, type=kind, **values))


def test_it_says_what_it_is_meant_to_help_with_and_nothing_of_the_register(
    employee: Person, sign_in: SignIn
) -> None:
    plan = give(employee).plan
    answering(plan, "It shows what people are needed for.")
    answering(plan, "", "It shows what people are needed for.")
    source = plan.sources.first()
    assert source is not None
    factories.make_review(source, 3)

    answer = sign_in.api(employee).get("/change/api/v1/me/training/")

    assert answer.json()["items"][0]["why"]["answers"] == ["It shows what people are needed for."]
    for of_the_register in ("Dan", "jobs go next", "job loss"):
        assert of_the_register not in answer.content.decode()


def test_it_says_two_reasons_at_most_also_those_of_its_action(employee: Person) -> None:
    plan, other = give(employee).plan, give(employee, None).plan
    answering(plan, "It shows what stays.", state="dismissed")
    kinds = [factories.make_source_type(for_people=f"Reason {number}.") for number in range(4)]
    first, *sources = [factories.make_source(plan.initiative, type=kind) for kind in kinds]
    action = factories.make_action(plan.initiative, sources=sources)
    TrainingPlan.objects.filter(pk=plan.pk).update(action=action)
    assert [item.why.answers for item in work(employee).items] == [("Reason 1.", "Reason 2."), ()]

    plan.sources.add(first)
    other.sources.add(sources[2])

    assert [item.why.answers for item in work(employee).items] == [
        ("Reason 0.", "Reason 1."),
        ("Reason 3.",),
    ]


def test_a_rule_by_days_says_so(employee: Person) -> None:
    plan = factories.make_plan(factories.make_initiative())
    group = factories.make_audience(employee, joined_on=TODAY)
    factories.make_rule(plan, group, due_rule="joined_group", due_days=14)
    assign_plan(plan=plan, actor=None, today=TODAY, now=NOW)

    (item,) = work(employee).items

    assert item.why.rule == f"It is due 14 days after you joined “{group}”."


def test_done_work_is_apart_newest_first_and_can_be_undone_for_a_while(
    employee: Person, hr: Person
) -> None:
    enrolments = [give(employee) for _ in range(3)]
    first, second, third = (each.records.get() for each in enrolments)
    assert employee.user is not None
    assert hr.user is not None
    for record, day in ((first, TODAY - timedelta(days=3)), (second, TODAY)):
        complete_record(record=record, actor=employee.user, today=TODAY, now=NOW, completed_on=day)
    waive_record(record=third, reason="x", actor=hr.user, today=TODAY, now=NOW)

    found = work(employee)

    assert found.items == ()
    assert [item.record_id for item in found.done] == [second.pk, first.pk, third.pk]
    assert [item.can_undo for item in found.done] == [True, True, False]
    later = work(employee, TODAY + timedelta(days=31))
    assert [item.can_undo for item in later.done] == [False, False, False]


def test_what_is_no_longer_needed_is_not_shown(employee: Person) -> None:
    withdraw_enrolment(enrolment=give(employee), reason="", actor=None, today=TODAY, now=NOW)

    assert work(employee) == MyWork()


def test_the_next_go_live_of_open_work_is_the_last_stop(employee: Person) -> None:
    give(employee, go_live_on=TODAY - timedelta(days=1))
    give(employee, go_live_on=date(2026, 12, 24))
    give(employee, go_live_on=date(2026, 12, 7))

    assert work(employee).go_live_on == date(2026, 12, 7)


def test_a_login_without_a_person_and_a_stranger_have_nothing() -> None:
    give(factories.make_person())

    assert my_work(factories.make_user(), TODAY) == MyWork()
    assert my_work(AnonymousUser(), TODAY) == MyWork()


def test_colleagues_work_is_not_mine(employee: Person, manager: Person) -> None:
    give(employee)

    assert work(manager) == MyWork()


def test_three_queries_however_much_there_is(employee: Person) -> None:
    user = employee.user
    assert user is not None
    for number in (1, 10):
        for _ in range(number):
            plan = factories.make_plan(factories.make_initiative(), items=3)
            rule = factories.make_rule(plan, factories.make_audience(employee))
            factories.make_enrolment(plan, employee, rule=rule)
            answering(plan, "It shows what stays.")
        with CaptureQueriesContext(connection) as queries:
            my_work(user, TODAY)
        assert len(queries) == 3


def test_the_api_gives_the_same(employee: Person, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW)
    give(employee, TODAY - timedelta(days=2))
    record = TrainingRecord.objects.get()

    body = sign_in.api(employee).get("/change/api/v1/me/training/").json()

    assert body["done"] == []
    (item,) = body["items"]
    assert (item["record_id"], item["days_late"], item["due_on"]) == (record.pk, 2, "2026-11-16")
    assert item["why"]["purpose"] == record.plan.initiative.purpose
    assert body["go_live_on"] == "2026-12-07"


def test_the_api_is_empty_without_a_person_and_closed_to_strangers(sign_in: SignIn) -> None:
    client = APIClient()
    client.force_authenticate(factories.make_user())
    url = "/change/api/v1/me/training/"

    assert client.get(url).json() == {"minutes": 0, "go_live_on": None, "items": [], "done": []}
    assert APIClient().get(url).status_code == 401
