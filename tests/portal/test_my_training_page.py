"""My training: what, by when and why; marking as done and taking it back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.contracts.world import add_mail
from tests.factories import TODAY
from tests.portal.browsing import MY_TRAINING, item_url, queries, title, words

pytestmark = pytest.mark.django_db

MIDDLEWARE = settings.MIDDLEWARE


def give(person: Person, *due_days: date | None, minutes: int = 15) -> list[TrainingRecord]:
    """One piece of training for each due date, in one plan of one initiative."""
    group = factories.make_audience(person, name="Call takers")
    initiative = factories.make_initiative(title="One Front Door", group=group)
    activities = [
        factories.make_activity(initiative, title=f"Lesson {n}", minutes=minutes)
        for n, _ in enumerate(due_days, start=1)
    ]
    plan = factories.make_plan(initiative, items=activities)
    rule = factories.make_rule(plan, group)
    enrolment = factories.make_enrolment(plan, person, rule=rule)
    records = list(enrolment.records.order_by("item__position"))
    for record, due_on in zip(records, due_days, strict=True):
        record.due_on = due_on
        record.save()
    return records


def test_it_says_how_much_there_is_to_do_and_how_long_it_takes(
    employee: Person, sign_in: SignIn
) -> None:
    give(employee, date(2026, 11, 20), date(2026, 12, 4), minutes=45)

    response = sign_in.page(employee).get(MY_TRAINING)

    assert "2 things to do, about 1 h 30 min" in words(response)
    assert title(response).startswith("My training")


def test_it_speaks_the_language_of_the_browser(employee: Person, sign_in: SignIn) -> None:
    give(employee, TODAY - timedelta(days=2), date(2026, 11, 20), minutes=45)

    response = sign_in.page(employee).get(MY_TRAINING, headers={"Accept-Language": "de"})

    for expected in (
        "2 Aufgaben, etwa 1 Std. 30 Min.",
        "Am Mo., 7. Dez. startet One Front Door.",
        "2 Tage überfällig",
        "Weil Sie zu Call takers gehören",
        "0 von 2 erledigt",
    ):
        assert expected in words(response), expected
    assert title(response).startswith("Meine Schulungen")


def test_late_work_comes_first_and_the_go_live_last(employee: Person, sign_in: SignIn) -> None:
    give(employee, None, date(2026, 12, 4), date(2026, 11, 16))

    text = words(sign_in.page(employee).get(MY_TRAINING))

    order = ["2 days late", "Lesson 3", "Lesson 2", "In 16 days", "Lesson 1", "No fixed date"]
    order.append("One Front Door starts In 19 days")
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_each_item_has_its_date_and_its_reason(employee: Person, sign_in: SignIn) -> None:
    give(employee, date(2026, 11, 20))

    response = sign_in.page(employee).get(MY_TRAINING)

    assert "Because you are in Call takers" in words(response)
    assert "Part of One Front Door" in words(response)
    assert "Fri 20 Nov In 2 days" in words(response)
    assert 'datetime="2026-11-20"' in response.content.decode()


def test_marking_as_done_returns_here_with_a_way_back(employee: Person, sign_in: SignIn) -> None:
    record, _ = give(employee, date(2026, 11, 20), date(2026, 12, 4))
    client = sign_in.page(employee)

    response = client.post(item_url(record.pk, "done"), follow=True)

    record.refresh_from_db()
    assert (record.state, record.completed_on) == ("completed", TODAY)
    assert response.redirect_chain == [(MY_TRAINING, 302)]
    assert "“Lesson 1” is marked as done. Undo" in words(response)
    assert "1 thing to do" in words(response)
    assert "Done (1) Lesson 1 Done Wed 18 Nov" in words(response)
    assert "1 of 2 done" in words(response)


def test_the_toast_is_said_once(employee: Person, sign_in: SignIn) -> None:
    (record,) = give(employee, date(2026, 11, 20))
    client = sign_in.page(employee)
    client.post(item_url(record.pk, "done"), follow=True)

    assert "is marked as done" not in words(client.get(MY_TRAINING))


def test_undo_puts_it_back_on_the_list(employee: Person, sign_in: SignIn) -> None:
    (record,) = give(employee, date(2026, 11, 20))
    client = sign_in.page(employee)
    client.post(item_url(record.pk, "done"))

    text = words(client.post(item_url(record.pk, "undo"), follow=True))

    record.refresh_from_db()
    assert (record.state, record.completed_on) == ("in_progress", None)
    assert "“Lesson 1” is on your list again." in text
    assert "1 thing to do" in text


@pytest.mark.parametrize("left_out", ["no middleware", "csrf"])
def test_a_button_needs_the_token_of_its_form(left_out: str, employee: Person) -> None:
    (record,) = give(employee, date(2026, 11, 20))
    client = Client(enforce_csrf_checks=True)
    assert employee.user is not None
    client.force_login(employee.user)

    with override_settings(MIDDLEWARE=[each for each in MIDDLEWARE if left_out not in each]):
        assert client.post(item_url(record.pk, "done")).status_code == 403

    record.refresh_from_db()
    assert record.state == "not_started"


def test_nothing_to_do_is_said_kindly(employee: Person, sign_in: SignIn) -> None:
    text = words(sign_in.page(employee).get(MY_TRAINING))

    assert "You are up to date" in text
    assert "it appears here with a date and the reason" in text
    assert "0 of 0" not in text


def test_a_login_without_a_person_is_told_whom_to_ask() -> None:
    client = Client()
    client.force_login(factories.make_user("temp"))

    assert "Your login is not linked to a person" in words(client.get(MY_TRAINING))


def test_work_that_was_waived_counts_neither_as_done_nor_as_open(
    employee: Person, sign_in: SignIn
) -> None:
    records = give(employee, date(2026, 11, 20), date(2026, 11, 20))
    TrainingRecord.objects.filter(pk=records[1].pk).update(state="waived", left_on=TODAY)

    text = words(sign_in.page(employee).get(MY_TRAINING))

    assert "0 of 1 done" in text
    assert "Lesson 2 Exempt" in text


def test_a_stranger_is_asked_to_sign_in() -> None:
    response = Client().get(MY_TRAINING)

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_nobody_keeps_a_copy_of_the_page(employee: Person, sign_in: SignIn) -> None:
    response = sign_in.page(employee).get(MY_TRAINING)

    assert "no-store" in response["Cache-Control"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, 10, 100])
def test_its_cost_does_not_grow_with_the_work(
    count: int, employee: Person, sign_in: SignIn
) -> None:
    give(employee, *[date(2026, 11, 20)] * count)

    cost = queries(sign_in.page(employee), MY_TRAINING)

    assert len(cost) == 4, cost


def test_open_actions_of_the_caller_follow_late_ones_first(
    sponsor: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(title="One Front Door", sponsor=sponsor)
    own: Any = {"owner": sponsor, "due_on": TODAY + timedelta(days=3)}
    factories.make_action(initiative, title="A round in the vans", **own)
    factories.make_action(initiative, title="Done long ago", **own, state="done", done_on=TODAY)
    late = factories.make_action(
        initiative, title="Answer the depot", owner=sponsor, due_on=TODAY - timedelta(days=2)
    )
    factories.make_action(initiative, title="Of somebody else")

    response = sign_in.page(sponsor).get(MY_TRAINING)

    text = words(response)
    assert "Your training is up to date" in text
    assert (
        "Your actions Answer the depot 2 days late One Front Door"
        " A round in the vans In 3 days One Front Door" in text
    )
    assert f'href="/change/i/{initiative.slug}/actions/{late.pk}/"' in response.content.decode()
    assert "Done long ago" not in text
    assert "Of somebody else" not in text


def test_the_way_to_the_inbox_says_how_many_messages_are_new(
    sign_in: SignIn, employee: Person
) -> None:
    enrolment = factories.make_enrolment(
        factories.make_plan(factories.make_initiative(), items=1), employee
    )
    client = sign_in.page(employee)
    assert "new message" not in words(client.get(MY_TRAINING))

    for slot in (0, 1):
        add_mail(f"m{slot}", employee, enrolment.records.get(), slot=slot)
    assert "Inbox: 2 new messages" in words(client.get(MY_TRAINING))
    client.post("/change/inbox/")
    assert "new message" not in words(client.get(MY_TRAINING))
