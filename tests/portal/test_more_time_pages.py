"""Asking for more time and answering, on pages."""

import re
from datetime import timedelta

import pytest

from change_tracker.people.models import Person
from change_tracker.training.models import ExtensionRequest, TrainingRecord
from change_tracker.training.services import waive_record
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import MY_TRAINING, TEAM, item_url, title, words

pytestmark = pytest.mark.django_db

WANTED = {"wanted_on": "2026-12-11", "reason": "We are short of people."}


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    """Amira's item, due on 30 November, of an initiative that Priya leads."""
    group = factories.make_audience(employee, name="Call takers")
    initiative = factories.make_initiative(
        title="One Front Door", slug="front-door", lead=lead, group=group
    )
    activity = factories.make_activity(initiative, title="Listening", minutes=20)
    plan = factories.make_plan(initiative, items=[activity], title="First week")
    rule = factories.make_rule(plan, group)
    return factories.make_enrolment(plan, employee, rule=rule).records.get()


def request_url(request: ExtensionRequest) -> str:
    return f"/change/requests/{request.pk}/"


def person_url(record: TrainingRecord) -> str:
    return f"/change/i/front-door/training/{record.plan_id}/people/{record.enrolment_id}/"


def test_somebody_asks_and_sees_that_it_waits(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)
    assert (
        f'href="{item_url(record.pk, "more-time")}"'
        in page.get(item_url(record.pk)).content.decode()
    )
    form = words(page.get(item_url(record.pk, "more-time")))
    assert "Ask for more time for “Listening” It is due Mon 30 Nov." in form

    after = page.post(item_url(record.pk, "more-time"), WANTED, follow=True)

    text = words(after)
    assert "You asked for more time until Fri 11 Dec. The answer appears here." in text
    assert "More time until Fri 11 Dec is asked for, and waits for an answer." in text
    assert "Take the request back" in text
    assert "waits for an answer" in words(page.get(MY_TRAINING))


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)

    response = page.post(item_url(record.pk, "more-time"), WANTED | {"wanted_on": "2026-11-30"})

    html = response.content.decode()
    assert response.status_code == 400
    assert title(response).startswith("Error:")
    assert "Choose a day after the date that it is due now." in html
    assert "We are short of people." in html
    assert not ExtensionRequest.objects.exists()


def test_a_second_request_is_not_offered_while_one_waits(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    factories.make_request(record)
    page = sign_in.page(employee)

    assert "waits for an answer" in words(page.get(item_url(record.pk, "more-time")))
    assert page.post(item_url(record.pk, "more-time"), WANTED).status_code == 409
    assert ExtensionRequest.objects.count() == 1


def test_a_request_can_be_taken_back(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    page = sign_in.page(employee)

    after = page.post(item_url(record.pk, "more-time/back"), follow=True)

    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert "You do not ask for more time for “Listening” any more." in words(after)
    assert "Ask for more time" in words(page.get(item_url(record.pk)))


def test_taking_back_what_was_never_asked_is_nowhere(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(employee)

    assert page.post(item_url(record.pk, "more-time/back")).status_code == 404


def test_the_manager_says_yes_in_one_press(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    page = sign_in.page(manager)
    text = words(page.get(TEAM))
    assert "Waiting for your answer: 1" in text
    assert (
        "Amira Hassan Repairs Listening One Front Door More time until Fri 11 Dec"
        " now due Mon 30 Nov We are short." in text
    )

    after = page.post(request_url(request), {"do": "grant", "due_on": "2026-12-11"}, follow=True)

    text = words(after)
    assert "Amira Hassan has until Fri 11 Dec for “Listening”." in text
    assert "Nobody waits for an answer from you." in text
    item = words(sign_in.page(employee).get(item_url(record.pk)))
    assert "Due Fri 11 Dec" in item
    assert "Extended to Fri 11 Dec by Dan Cole." in item
    assert "Extended to Fri 11 Dec by Dan Cole." in words(sign_in.page(employee).get(MY_TRAINING))


def test_the_manager_says_no_with_a_reason_that_the_person_reads(
    record: TrainingRecord, employee: Person, manager: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    page = sign_in.page(manager)

    refused = page.post(request_url(request), {"do": "refuse", "due_on": "2026-12-11"})
    assert refused.status_code == 400
    assert "Give a reason." in refused.content.decode()
    page.post(request_url(request), {"do": "refuse", "answer": "Go-live is fixed."})

    item = words(sign_in.page(employee).get(item_url(record.pk)))
    assert "Dan Cole said no to more time until Fri 11 Dec: Go-live is fixed." in item
    assert "Due Mon 30 Nov" in item
    assert "Ask for more time" in item


def test_the_lead_finds_it_below_training_and_at_the_person(
    record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    page = sign_in.page(lead)
    plans = page.get("/change/i/front-door/training/")
    person = page.get(
        f"/change/i/front-door/training/{record.plan_id}/people/{record.enrolment_id}/"
    )

    for response in (plans, person):
        assert f'href="{request_url(request)}"' in response.content.decode()
    assert "Waiting for your answer: 1" in words(plans)
    form = page.get(request_url(request))
    assert 'value="2026-12-11"' in form.content.decode()
    after = page.post(
        request_url(request),
        {"do": "grant", "due_on": "2026-12-04", "answer": "Not longer."},
        follow=True,
    )

    assert after.redirect_chain[-1][0] == "/change/i/front-door/training/#ct-waiting"
    person = page.get(
        f"/change/i/front-door/training/{record.plan_id}/people/{record.enrolment_id}/"
    )
    assert "Extended to Fri 4 Dec by Priya Nair: Not longer." in words(person)


def test_a_request_that_was_answered_meanwhile_says_so(
    record: TrainingRecord, lead: Person, manager: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    sign_in.page(manager).post(request_url(request), {"do": "grant", "due_on": "2026-12-11"})
    page = sign_in.page(lead)

    late = page.post(request_url(request), {"do": "refuse", "answer": "No."})

    assert late.status_code == 409
    for response in (late, page.get(request_url(request))):
        assert "This request does not wait for an answer any more." in words(response)
        assert "Extended to Fri 11 Dec by Dan Cole." in words(response)


def test_people_of_other_teams_do_not_wait_here(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    request = factories.make_request(record)
    other = factories.make_person("Olu", login=True)
    factories.make_person("Report of Olu", manager=other)

    assert "Waiting for your answer" not in words(sign_in.page(other).get(TEAM))
    assert sign_in.page(other).get(request_url(request)).status_code == 404
    assert sign_in.page(employee).get(request_url(request)).status_code == 403


def test_more_than_a_page_holds_come_up_later(
    record: TrainingRecord, manager: Person, sign_in: SignIn
) -> None:
    plan = record.plan
    for number in range(52):
        person = factories.make_person(f"Report {number}", manager=manager)
        other = factories.make_enrolment(plan, person).records.get()
        factories.make_request(other, asked_on=TODAY - timedelta(days=number))

    text = words(sign_in.page(manager).get(TEAM))

    assert "Waiting for your answer: 52" in text
    assert "2 more come up as soon as these are answered." in text
    assert "Report 51" in text


def test_an_exemption_says_who_decided_and_why(
    record: TrainingRecord, employee: Person, lead: Person, sign_in: SignIn
) -> None:
    assert lead.user is not None
    waive_record(record=record, reason="Teaches it.", actor=lead.user, today=TODAY, now=NOW)
    page = sign_in.page(employee)

    said = "Since Wed 18 Nov, decided by Priya Nair: Teaches it."
    assert said in words(page.get(item_url(record.pk)))
    assert said in words(page.get(MY_TRAINING))


def test_the_overview_tells_the_lead_who_waits_and_nobody_else(
    record: TrainingRecord, lead: Person, hr: Person, sign_in: SignIn
) -> None:
    factories.make_request(record, asked_on=TODAY - timedelta(days=2))

    page = sign_in.page(lead).get("/change/i/front-door/")

    assert "1 person asks for more time They asked on Mon 16 Nov." in words(page)
    assert 'href="/change/i/front-door/training/#ct-waiting"' in page.content.decode()
    assert "asks for more time" not in words(sign_in.page(hr).get("/change/i/front-door/"))


def test_what_was_decided_is_in_the_history_of_the_person(
    record: TrainingRecord, lead: Person, sign_in: SignIn
) -> None:
    page = sign_in.page(lead)
    for answer in ({"do": "refuse", "answer": "Too late."}, {"do": "grant", "answer": "Well."}):
        request = factories.make_request(record)
        page.post(request_url(request), {"due_on": "2026-12-11"} | answer)

    text = words(page.get(person_url(record)))

    told = text.partition("What happened")[2].partition("How it came")[0]
    assert re.findall(r"(More time \w+) Listening .*? Priya Nair (.*?\.)", told) == [
        ("More time given", "Well."),
        ("More time refused", "Too late."),
    ]
