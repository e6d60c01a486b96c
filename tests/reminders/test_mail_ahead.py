"""The next two weeks of mail on a page: asked for, worked out by the tick, with names as may be."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders import ahead
from change_tracker.reminders import forecast as forecasting
from change_tracker.reminders.ahead import ask_ahead, forget_forecasts, look_ahead
from change_tracker.reminders.forecast import forecast
from change_tracker.reminders.models import Digest, Forecast, Reminder
from change_tracker.reminders.owed import Within
from change_tracker.reminders.plan import Planned
from change_tracker.reminders.services import tick
from tests import factories
from tests.factories import NOW, TODAY
from tests.reminders.conftest import at, enrol

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def initiative(lead: Person, sponsor: Person) -> Initiative:
    return factories.make_initiative(title="One Front Door", lead=lead, sponsor=sponsor)


@pytest.fixture
def crowd(initiative: Initiative, employee: Person) -> list[Person]:
    """Amira and seven others with the same training, due in eight days."""
    plan = factories.make_plan(initiative, items=1)
    others = [factories.make_person(f"Person {letter}", login=True) for letter in "BCDEFGH"]
    factories.make_group(initiative, factories.make_audience(employee, *others))
    for person in (employee, *others):
        enrol(person, plan=plan, due_on=TODAY + 8 * DAY, assigned_on=TODAY - 30 * DAY)
    return [employee, *others]


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)  # type: ignore[arg-type]  # the cast has logins
    return client


def page(initiative: Initiative) -> str:
    return f"/change/i/{initiative.slug}/mail-ahead/"


def keys(found: list[forecasting.Coming]) -> set[tuple[str, Any]]:
    return {(each.reminder.dedupe_key, each.leaves_at) for each in found}


def test_of_one_initiative_and_of_one_person_it_says_what_the_whole_says_of_them(
    initiative: Initiative, crowd: list[Person], employee: Person, manager: Person, lead: Person
) -> None:
    other = factories.make_initiative(lead=lead)
    enrol(employee, initiative=other, due_on=TODAY + DAY, assigned_on=TODAY - 9 * DAY)
    enrol(employee, initiative=initiative, due_on=TODAY - 20 * DAY, assigned_on=TODAY - 30 * DAY)
    factories.make_action(initiative, owner=lead, due_on=TODAY + 3 * DAY)

    whole = forecast(now=NOW, days=13)

    def of(**only: int) -> set[tuple[str, Any]]:
        return keys(forecast(now=NOW, days=13, only=Within(**only)))

    assert of(initiative_id=initiative.pk) == keys(
        [each for each in whole if each.reminder.initiative_id == initiative.pk]
    )
    for person in (employee, manager, lead):
        mine = keys([each for each in whole if each.reminder.recipient_id == person.pk])
        assert mine
        assert of(person_id=person.pk) == mine
    assert not Reminder.objects.exists()
    assert not Digest.objects.exists()


def test_a_lead_asks_on_the_page_and_reads_names_and_a_number_of_others(
    initiative: Initiative, crowd: list[Person], lead: Person, sponsor: Person
) -> None:
    client = client_of(lead)
    assert "not worked out yet" in client.get(page(initiative)).content.decode()

    asked = client.post(page(initiative), follow=True).content.decode()
    assert "It is being worked out" in asked
    assert not Reminder.objects.exists()
    look_ahead(clock=at())

    shown = client.get(page(initiative)).content.decode()
    assert "being worked out" not in shown
    assert "7 days before the due date" in shown
    assert "Amira Hassan" in shown
    assert "3 more people" in shown
    # Who sponsors it reads figures, not names.
    counted = client_of(sponsor).get(page(initiative)).content.decode()
    assert "8 people" in counted
    assert "Amira" not in counted


def test_one_s_own_stands_beside_one_s_wishes_and_is_nobody_else_s(
    initiative: Initiative, crowd: list[Person], employee: Person, hr: Person, lead: Person
) -> None:
    client = client_of(employee)
    client.post("/change/mail-ahead/")
    look_ahead(clock=at())

    shown = client.get("/change/mail/").content.decode()
    assert "7 days before the due date" in shown
    row = Forecast.objects.get()
    for other in (hr, lead):
        api = APIClient()
        api.force_authenticate(other.user)
        assert api.get(f"/change/api/v1/mail-forecasts/{row.pk}/").status_code == 404


def test_the_tick_works_it_out_beside_the_mail_and_forgets_what_nobody_asks_for(
    initiative: Initiative, crowd: list[Person], lead: Person
) -> None:
    row = ask_ahead(initiative=initiative, now=NOW)
    tick(clock=at())
    row.refresh_from_db()
    assert [line["people"] for line in row.lines if line["step"] == "due_7"] == [8]

    assert ask_ahead(initiative=initiative, now=NOW + DAY).is_waiting
    assert forget_forecasts(now=NOW + 14 * DAY) == 0
    assert forget_forecasts(now=NOW + 16 * DAY) == 1


def test_mail_does_not_wait_for_many_who_ask(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    for person in (lead, employee):
        ask_ahead(person=person, now=NOW)
    clock = iter([NOW, NOW, NOW + timedelta(seconds=31)])

    assert look_ahead(clock=lambda: next(clock)) == 1
    assert look_ahead(clock=at()) == 1


def test_while_another_planner_works_it_waits_for_the_next_run(
    initiative: Initiative, crowd: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_ahead(initiative=initiative, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(forecasting, "plan_reminders", lambda **_given: Planned(skipped=True))
        assert look_ahead(clock=at()) == 0

    assert look_ahead(clock=at()) == 1


def test_what_people_said_is_in_nobody_s_forecast_but_their_own(
    initiative: Initiative, lead: Person, employee: Person
) -> None:
    factories.make_feedback(initiative, employee, raised_on=TODAY)

    ask_ahead(initiative=initiative, now=NOW)
    ask_ahead(person=lead, now=NOW)
    look_ahead(clock=at())

    of_all, of_lead = Forecast.objects.get(initiative=initiative), Forecast.objects.get(person=lead)
    assert "concern_raised" not in {line["kind"] for line in of_all.lines}
    (said,) = [line for line in of_lead.lines if line["kind"] == "concern_raised"]
    assert said["title"] == ""


def test_the_api_asks_and_answers_the_same(
    initiative: Initiative, crowd: list[Person], lead: Person
) -> None:
    api = APIClient()
    api.force_authenticate(lead.user)
    url = "/change/api/v1/mail-forecasts/"
    asked = api.post(url, {"initiative": initiative.pk}, format="json")
    assert (asked.status_code, asked.data["made_at"], asked.data["days"]) == (201, None, [])
    look_ahead(clock=at())

    (row,) = api.get(url, {"initiative": initiative.pk}).data["results"]
    lines = [line for day in row["days"] for line in day["lines"]]
    (due,) = [line for line in lines if line["when"] == "7 days before the due date"]
    assert due["more"] == 8 - ahead.MOST_NAMED
    assert due["names"][0] == "Amira Hassan"
